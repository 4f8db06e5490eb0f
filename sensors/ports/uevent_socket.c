/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The kernel's messages about devices, as they come; anybody may listen (netlink(7)). */
#include <errno.h>
#include <linux/netlink.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/status.h"
#include "sensors/ports/uevent.h"

#define KERNEL_GROUP 1 /* 2 are udev's */

int uevent_open(void)
{
	const struct sockaddr_nl name = { .nl_family = AF_NETLINK,
		.nl_groups = KERNEL_GROUP };
	int fd = socket(AF_NETLINK, SOCK_RAW | SOCK_NONBLOCK | SOCK_CLOEXEC,
	        NETLINK_KOBJECT_UEVENT);
	if (fd < 0)
		return FAILED;
	if (bind(fd, (const struct sockaddr *)&name, sizeof name) == 0)
		return fd;
	int error = errno;
	close(fd);
	errno = error;
	return FAILED;
}

/* Any program may send to our socket; the kernel's messages come from port 0. */
int uevent_next(int fd, struct uevent *out)
{
	uint8_t in[UEVENT_MOST];
	struct sockaddr_nl sender = { 0 };
	struct iovec part = { .iov_base = in, .iov_len = sizeof in };
	struct msghdr message = { .msg_name = &sender,
		.msg_namelen = sizeof sender,
		.msg_iov = &part,
		.msg_iovlen = 1 };
	for (;;) {
		ssize_t n = recvmsg(fd, &message, 0);
		if (n < 0)
			return errno == EAGAIN || errno == EINTR ? 0 : FAILED;
		if (sender.nl_pid == 0 && !(message.msg_flags & MSG_TRUNC) &&
		        uevent_parse(out, in, (size_t)n) == OK)
			return 1;
		message.msg_namelen = sizeof sender;
	}
}
