/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tests/kits/free_port.h"

#include <arpa/inet.h>
#include <stdbool.h>
#include <stdio.h>
#include <sys/socket.h>
#include <unistd.h>

#include "tests/kits/check.h"

#define LOWEST 10000

/* Where the system's own choice for those who call begins. */
static int lowest_of_callers(void)
{
	int low = 32768;
	FILE *in = fopen("/proc/sys/net/ipv4/ip_local_port_range", "r");
	if (in == NULL)
		return low;
	if (fscanf(in, "%d", &low) != 1 || low < LOWEST + 1000)
		low = 32768;
	fclose(in);
	return low;
}

static bool is_free(int port)
{
	struct sockaddr_in address = { .sin_family = AF_INET,
		.sin_port = htons((uint16_t)port),
		.sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	bool is = bind(fd, (struct sockaddr *)&address, sizeof address) == 0;
	close(fd);
	return is;
}

/* Not one that the system gives to somebody who calls: a daemon that is killed and
 * started again would find its port taken.  Each process begins at another place. */
int free_port(void)
{
	static unsigned next;
	unsigned span = (unsigned)(lowest_of_callers() - LOWEST);
	if (next == 0)
		next = (unsigned)getpid() * 97;
	for (unsigned tries = 0; tries < span; tries++) {
		int port = LOWEST + (int)(next++ % span);
		if (is_free(port))
			return port;
	}
	fail_msg("no port of the loopback is free");
	return 0;
}
