/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The socket for orders: the command's side. */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "sensors/cabinet/control.h"

static int problem_of(int error, const char *folder, struct control_answer *answer,
        struct problem *why)
{
	answer->outcome = error == EACCES || error == EPERM          ? CONTROL_FORBIDDEN
	                  : error == ENOENT || error == ECONNREFUSED ? CONTROL_NOBODY
	                                                             : CONTROL_TROUBLE;
	if (answer->outcome == CONTROL_FORBIDDEN)
		return problem_set(why, FAILED, EXIT_CONFIG,
		        "%s/%s: only root and the group of quantrac-sensord may give "
		        "orders to the cabinet: sudo, or usermod -aG quantrac NAME",
		        folder, CONTROL_FILE);
	if (answer->outcome == CONTROL_NOBODY)
		return problem_set(why, FAILED, EXIT_NO_DAEMON,
		        "quantrac-sensord is not running: nobody listens at %s/%s",
		        folder, CONTROL_FILE);
	return problem_set(why, FAILED, EXIT_TRY_AGAIN, "%s/%s: %s", folder,
	        CONTROL_FILE, strerrordesc_np(error));
}

/* A command waits for its line, and for an instrument that may take a minute. */
static int connect_below(const char *folder, bool command)
{
	struct sockaddr_un name = { .sun_family = AF_UNIX };
	const struct timeval patience = { .tv_sec = command ? 120 : 10 };
	int at = open(folder, O_PATH | O_DIRECTORY | O_CLOEXEC);
	if (at < 0)
		return -1;
	snprintf(name.sun_path, sizeof name.sun_path, "/proc/self/fd/%d/%s", at,
	        CONTROL_FILE);
	int fd = socket(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0);
	int bad = fd < 0 ||
	          setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience) ||
	          setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &patience, sizeof patience) ||
	          connect(fd, (const struct sockaddr *)&name, sizeof name) != 0;
	int error = errno;
	close(at);
	if (!bad)
		return fd;
	if (fd >= 0)
		close(fd);
	errno = error;
	return -1;
}

/* An answer as it came. */
static int take(const char *message, struct control_answer *answer, struct problem *why)
{
	size_t head = strcspn(message, "\n");
	answer->outcome = control_outcome_of(message, head);
	snprintf(answer->text, sizeof answer->text, "%s",
	        message + head + (message[head] == '\n'));
	if (strncmp(message, "ok", 2) == 0)
		return OK;
	bool undone = strncmp(message, "un", 2) == 0;
	return problem_set(
	        why, REFUSED, undone ? EXIT_FOUND : EXIT_USAGE, "%s", answer->text);
}

int control_ask(const char *folder, const struct order *order,
        struct control_answer *answer, struct problem *why)
{
	char message[CONTROL_MOST + CONTROL_HEAD];
	int n = order_print(order, message, sizeof message);
	*answer = (struct control_answer){ .outcome = CONTROL_REASON };
	if (n < 0)
		return problem_set(why, REFUSED, EXIT_USAGE, "%s", order_reason_wanted);
	int fd = connect_below(folder, order->kind == ORDER_COMMAND);
	if (fd < 0)
		return problem_of(errno, folder, answer, why);
	ssize_t came = send(fd, message, (size_t)n, MSG_NOSIGNAL);
	if (came == n)
		came = recv(fd, message, sizeof message - 1, 0);
	int error = came < 0 ? errno : ECONNREFUSED;
	close(fd);
	if (came == 0)
		answer->outcome = CONTROL_GONE;
	if (came == 0) /* it was sent */
		return problem_set(why, REFUSED, EXIT_FOUND,
		        "quantrac-sensord ended before it said what became of it; its "
		        "record tells, and what it was in the middle of is told when "
		        "it "
		        "starts again");
	if (came <= 3)
		return problem_of(
		        error == EAGAIN ? ETIMEDOUT : error, folder, answer, why);
	message[came] = '\0';
	return take(message, answer, why);
}
