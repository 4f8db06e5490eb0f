/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "base/clock.h"

#include <fcntl.h>
#include <stdlib.h>
#include <sys/random.h>
#include <sys/timex.h>
#include <time.h>
#include <unistd.h>

#include "base/legal_time.h"

#define STEP_US INT64_C(1000000)

static int64_t read_clock(clockid_t id)
{
	struct timespec t;
	clock_gettime(id, &t);
	return (int64_t)t.tv_sec * 1000000 + t.tv_nsec / 1000;
}

/* "d8f2...-...": the first sixteen hexadecimal digits, hyphens skipped. */
static uint64_t read_boot_id(void)
{
	char text[40] = "";
	int fd = open("/proc/sys/kernel/random/boot_id", O_RDONLY | O_CLOEXEC);
	ssize_t n = fd >= 0 ? read(fd, text, sizeof text - 1) : -1;
	if (fd >= 0)
		close(fd);
	uint64_t boot = 0;
	int digits = 0;
	for (ssize_t i = 0; i < n && digits < 16; i++) {
		if (text[i] == '-')
			continue;
		char digit[2] = { text[i], '\0' };
		boot = boot << 4 | strtoul(digit, NULL, 16);
		digits++;
	}
	return digits == 16 ? boot : 0;
}

void clock_init(struct clock *clock)
{
	*clock = (struct clock){ .boot = read_boot_id() };
	if (clock->boot == 0 &&
	        getrandom(&clock->boot, sizeof clock->boot, 0) != sizeof clock->boot)
		clock->boot = (uint64_t)read_clock(CLOCK_REALTIME);
}

uint8_t clock_judge(struct clock *clock, int64_t time_us, int64_t mono_us, int synced)
{
	int64_t offset_us = time_us - mono_us;
	int64_t moved_us = offset_us - clock->offset_us;
	int stepped = clock->looked && (moved_us > STEP_US || moved_us < -STEP_US);
	clock->looked = 1;
	clock->offset_us = offset_us;
	if (synced)
		clock->was_synced = 1;
	if (stepped)
		return CLOCK_STEPPED;
	if (synced)
		return CLOCK_SYNCED;
	return clock->was_synced ? CLOCK_HOLDOVER : CLOCK_UNSYNCED;
}

/* The kernel's own word: STA_UNSYNC is cleared by whoever disciplines the clock. */
static int kernel_synced(void)
{
	struct timex timex = { .modes = 0 };
	int state = adjtimex(&timex);
	return state >= 0 && state != TIME_ERROR && !(timex.status & STA_UNSYNC);
}

struct moment clock_moment(
        struct clock *clock, int64_t wall_us, int64_t mono_us, int synced)
{
	struct moment now = {
		.time_us = wall_us, .mono_us = mono_us, .boot = clock->boot
	};
	clock->beyond = wall_us < 0 || wall_us >= TIME_US_END;
	if (clock->beyond) {
		now.time_us = mono_us;
		clock->was_synced = synced = 0;
	}
	now.state = clock_judge(clock, now.time_us, mono_us, synced);
	if (clock->beyond)
		now.state = CLOCK_UNSYNCED;
	return now;
}

struct moment clock_now(struct clock *clock)
{
	return clock_moment(clock, read_clock(CLOCK_REALTIME),
	        read_clock(CLOCK_BOOTTIME), kernel_synced());
}

const char *clock_state_text(uint8_t state)
{
	static const char *const word[] = {
		[CLOCK_UNSYNCED] = "unsynced",
		[CLOCK_SYNCED] = "synced",
		[CLOCK_HOLDOVER] = "holdover",
		[CLOCK_STEPPED] = "stepped",
	};
	return state < sizeof word / sizeof word[0] ? word[state] : "?";
}
