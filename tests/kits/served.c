/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tests/kits/check.h"

#include "tests/kits/served.h"

#include <fcntl.h>
#include <poll.h>

static void *serve(void *with)
{
	struct served *served = with;
	served->status =
	        simulate_serve(served->scenario, &served->options, &served->why);
	return NULL;
}

void served_begin(struct served *served)
{
	served->options.stop = &served->stop;
	assert_int_equal(pthread_create(&served->thread, NULL, serve, served), 0);
}

void served_end(struct served *served)
{
	served->stop = 1;
	pthread_join(served->thread, NULL);
}

int served_open(const char *path)
{
	for (int i = 0; i < 2000; i++) {
		int descriptor = open(path, O_RDWR | O_NOCTTY | O_NONBLOCK);
		if (descriptor >= 0)
			return descriptor;
		poll(NULL, 0, 1);
	}
	return -1;
}
