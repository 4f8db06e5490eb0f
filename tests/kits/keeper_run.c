/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tests/kits/keeper_run.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/log.h"
#include "tests/kits/check.h"
#include "tests/kits/journal_kit.h"

struct keeper_run r;
struct ill_disk ill;

static void keep_line(enum log_level level, const char *text)
{
	if (level == LOG_ALERT || (level == LOG_WARN && !r.only_alerts))
		snprintf(r.said, sizeof r.said, "%s", text);
}

int keeper_run_setup(void **state)
{
	r.n_put = 0;
	r.said[0] = '\0';
	r.only_alerts = false;
	if (keeper_setup(state) != 0)
		return -1;
	log_catch(keep_line);
	fake_collector_start(&r.collector);
	c.link = &r.collector.link;
	return 0;
}

int keeper_run_teardown(void **state)
{
	int status = keeper_teardown(state);
	fake_collector_end(&r.collector);
	return status;
}

void keeper_run_begin(void)
{
	start_keeper(true, JOURNAL_SEGMENT_LEAST);
}

void keeper_run_end(void)
{
	keeper_end(c.keeper, &c.now);
	keeper_free(c.keeper);
	c.keeper = NULL;
	move_clock(10 * S);
}

void keeper_run_for(int seconds)
{
	for (int i = 0; i < seconds * 10; i++) {
		assert_int_equal(put_reading(40), OK);
		r.n_put++;
		keeper_step(c.keeper, &c.now);
		move_clock(S / 10);
	}
}

void keeper_run_drain(int seconds)
{
	for (int i = 0; i < seconds * 10; i++) {
		keeper_step(c.keeper, &c.now);
		move_clock(S / 10);
	}
}

void keeper_put_aside(const char *folder, int n)
{
	char to[512], from[512];
	snprintf(from, sizeof from, "%s/nt-01", c.folder);
	snprintf(to, sizeof to, "%s/aside-%d", folder, n);
	assert_int_equal(rename(from, to), 0);
}

void keeper_put_back(const char *folder, int n)
{
	for (int i = 0; i < n; i++) {
		char command[1200];
		snprintf(command, sizeof command,
		        "mkdir -p %s/nt-01 && mv %s/aside-%d/* %s/nt-01", c.folder,
		        folder, i, c.folder);
		int code;
		free(run_command(&code, "%s", command));
		assert_int_equal(code, 0);
	}
}

/* ---- a disk that fails from now on ---- */

static bool is_ill(void)
{
	errno = ill.error;
	return ill.error != 0;
}

static int ill_open(int folder, const char *name, int flags)
{
	return is_ill() ? -1 : journal_real.open(folder, name, flags);
}

static ssize_t ill_write(int fd, const void *in, size_t n, off_t at)
{
	return is_ill() && !ill.only_sync ? -1 : journal_real.write(fd, in, n, at);
}

static int ill_sync(int fd)
{
	return is_ill() ? -1 : journal_real.sync(fd);
}

static int ill_allocate(int fd, off_t at, off_t n)
{
	return ill.error != 0 ? ill.error : journal_real.allocate(fd, at, n);
}

static int ill_reserve(int fd, off_t n)
{
	return ill.error != 0 ? ill.error : journal_real.reserve(fd, n);
}

static int ill_rename(int folder, const char *from, const char *to)
{
	return is_ill() ? -1 : journal_real.rename(folder, from, to);
}

static int ill_move(int from_folder, const char *from, int to_folder, const char *to)
{
	return is_ill() ? -1 : journal_real.move(from_folder, from, to_folder, to);
}

int ill_setup(void **state)
{
	ill = (struct ill_disk){ .system = journal_real };
	ill.system.open = ill_open;
	ill.system.write = ill_write;
	ill.system.sync = ill.system.sync_all = ill_sync;
	ill.system.allocate = ill_allocate;
	ill.system.reserve = ill_reserve;
	ill.system.rename = ill_rename;
	ill.system.move = ill_move;
	if (keeper_run_setup(state) != 0)
		return -1;
	r.only_alerts = true;
	c.system = &ill.system;
	c.room = 40 * JOURNAL_SEGMENT_LEAST;
	return 0;
}

void keeper_run_power_cut(const char *folder)
{
	char *left = strdup(in_folder(folder, "left"));
	kit_copy(c.folder, left);
	int was = ill.error;
	ill.error = EIO;
	keeper_free(c.keeper);
	ill.error = was;
	c.keeper = NULL;
	kit_remove(c.folder);
	assert_int_equal(rename(left, c.folder), 0);
	free(left);
	move_clock(30 * S);
	c.now.boot++;
	r.collector.away = false;
	r.collector.given = r.collector.n_answers = 0;
}

void keeper_run_everything_came_once(size_t lost)
{
	keeper_run_drain(40);
	struct keeper_counts counts = keeper_counts(c.keeper);
	assert_string_equal(counts.journal, "disk");
	assert_int_equal(counts.waiting, 0);
	book_readings(&r.collector, r.n_put - lost);
}
