/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Who gives the cabinet of the rig an order, and hears of it later. */
#include "tests/kits/check.h"

#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "tests/kits/cabinet_rig.h"

int rig_give(const struct order *order)
{
	char text[CONTROL_MOST];
	struct sockaddr_un name = { .sun_family = AF_UNIX };
	int fd = socket(AF_UNIX, SOCK_SEQPACKET | SOCK_NONBLOCK, 0);
	int n = order_print(order, text, sizeof text);
	assert_true(n > 0);
	snprintf(name.sun_path, sizeof name.sun_path, "%s",
	        in_folder(rig.folder, CONTROL_FILE));
	assert_int_equal(connect(fd, (struct sockaddr *)&name, sizeof name), 0);
	assert_int_equal(send(fd, text, (size_t)n, 0), n);
	for (int i = 0; i < 3; i++) /* let in, heard, on the disk */
		rig_run(0);
	return fd;
}

void rig_heard(int fd, const char *want)
{
	char answer[CONTROL_MOST + CONTROL_HEAD];
	ssize_t n = recv(fd, answer, sizeof answer - 1, 0);
	assert_true(n > 0);
	answer[n] = '\0';
	assert_contains(answer, want);
	close(fd);
}
