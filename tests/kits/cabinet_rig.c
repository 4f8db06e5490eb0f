/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tests/kits/check.h"

#include "tests/kits/cabinet_rig.h"
#include "tests/kits/station_head.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/gpio.h>
#include <poll.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <termios.h>
#include <unistd.h>
#include <utmp.h>

#include "base/folder.h"
#include "base/log.h"
#include "sensors/cabinet/cabinet_parts.h"
#include "sensors/poller/poller.h"

struct rig rig;

static const char head[] =
        STATION_HEAD "ports:\n"
                     "  - {id: bus, path: /dev/serial/by-id/usb-a, rts: off}\n"
                     "instruments:\n"
                     "  - {id: flow, profile: sim-flow, port: bus, slave: 1}\n";
/* ---- the system that is not there ---- */

static int rig_open(const char *path, int flags)
{
	if (rig.no_chip) {
		errno = ENOENT;
		return -1;
	}
	assert_string_equal(path, "/dev/gpiochip0");
	return open("/dev/null", O_RDWR | O_CLOEXEC);
}

static int take_line(struct gpio_v2_line_request *request)
{
	struct rig_line *line = &rig.line[request->offsets[0]];
	uint64_t edges = GPIO_V2_LINE_FLAG_EDGE_RISING | GPIO_V2_LINE_FLAG_EDGE_FALLING;
	if (rig.busy || line->taken) {
		errno = EBUSY;
		return -1;
	}
	if (rig.no_edges && (request->config.flags & edges)) {
		errno = ENXIO;
		return -1;
	}
	assert_int_equal(request->num_lines, 1);
	assert_int_equal(pipe2(line->pipe, O_CLOEXEC | O_NONBLOCK), 0);
	line->taken = true;
	line->flags = request->config.flags;
	line->output = (request->config.flags & GPIO_V2_LINE_FLAG_OUTPUT) != 0;
	if (line->output)
		line->level = false;
	request->fd = line->pipe[0];
	return 0;
}

static struct rig_line *line_of(int fd)
{
	for (size_t i = 0; i < RIG_LINES; i++)
		if (rig.line[i].taken && rig.line[i].pipe[0] == fd)
			return &rig.line[i];
	return NULL;
}

static int line_ioctl(int fd, unsigned long request, struct gpio_v2_line_values *values)
{
	struct rig_line *line = line_of(fd);
	if (rig.no_chip || line == NULL) {
		errno = ENODEV;
		return -1;
	}
	if (request == GPIO_V2_LINE_GET_VALUES_IOCTL) {
		values->bits = line->level;
		return 0;
	}
	assert_true(line->output);
	line->rose += !line->level && (values->bits & 1);
	line->level = values->bits & 1;
	return 0;
}

static int rig_ioctl(int fd, unsigned long request, void *argument)
{
	if (request == GPIO_V2_GET_LINE_IOCTL)
		return take_line(argument);
	if (request == GPIO_V2_LINE_GET_VALUES_IOCTL ||
	        request == GPIO_V2_LINE_SET_VALUES_IOCTL)
		return line_ioctl(fd, request, argument);
	if (request == TIOCMGET)
		*(int *)argument = rig.modem;
	else if (request == TIOCMBIS)
		rig.modem |= *(int *)argument;
	else if (request == TIOCMBIC)
		rig.modem &= ~*(int *)argument;
	return 0;
}

static int rig_close(int fd)
{
	struct rig_line *line = line_of(fd);
	if (line != NULL) {
		close(line->pipe[1]);
		line->taken = false;
	}
	return close(fd);
}

/* Behind CLOCK_BOOTTIME by the time the machine slept. */
static uint64_t rig_monotonic_ns(void)
{
	return (uint64_t)(rig.now.mono_us - 500 * SEC) * 1000;
}

static const struct contact_system fake = { .open = rig_open,
	.ioctl = rig_ioctl,
	.read = read,
	.close = rig_close,
	.monotonic_ns = rig_monotonic_ns };

/* ---- hooks ---- */
static void on_state(
        void *context, const struct moment *when, const struct state_event *event)
{
	struct rig_told *told = &rig.told[rig.n_told++];
	assert_true(rig.n_told < RIG_TOLD);
	told->when = *when;
	snprintf(told->subject, sizeof told->subject, "%s", event->subject);
	snprintf(told->state, sizeof told->state, "%s", event->state);
	snprintf(told->text, sizeof told->text, "%s", event->text);
}

static int on_port(void *context, size_t port)
{
	return rig.modem < 0 ? -1 : 1000;
}

static int on_coil(
        void *context, size_t port, const struct coil *coil, const struct moment *now)
{
	assert_true(rig.n_coils < 16);
	rig.coil[rig.n_coils++] = *coil;
	return rig.coil_status;
}

static int on_command(
        void *lines, const struct poller_command *command, const struct moment *now)
{
	rig.n_commands++;
	memcpy(rig.request, command->request, command->n);
	return rig.command_status;
}

static void quiet(enum log_level level, const char *text)
{
}

/* ---- beginning and ending ---- */
int rig_setup(void **state)
{
	char *folder;
	rig = (struct rig){ .modem = 0 };
	setenv("QUANTRAC_PROFILES", project_file("sensors/profiles"), 1);
	log_catch(quiet);
	if (scratch_make((void **)&folder) != 0)
		return -1;
	rig.folder = folder;
	rig.now = (struct moment){ .time_us = INT64_C(1794188880000000),
		.mono_us = 2000 * SEC,
		.boot = 7,
		.state = CLOCK_SYNCED };
	return cabinet_note_init(&rig.note, 256) == OK &&
	                       file_replace(in_folder(folder, "wtmp"), "", 0, 0644) ==
	                               OK
	               ? 0
	               : -1;
}

int rig_teardown(void **state)
{
	void *folder = rig.folder;
	cabinet_free(rig.cabinet);
	cabinet_note_end(&rig.note);
	cabinet_memory_free(&rig.memory);
	station_free(rig.station);
	log_catch(NULL);
	return scratch_remove(&folder);
}

static void begin(void)
{
	static char wtmp[4096], watchdog[4096];
	snprintf(wtmp, sizeof wtmp, "%s/wtmp", rig.folder);
	snprintf(watchdog, sizeof watchdog, "%s/bootstatus", rig.folder);
	struct cabinet_options options = { .station = rig.station,
		.folder = rig.folder,
		.hooks = { .state = on_state,
		        .port = on_port,
		        .coil = on_coil,
		        .command = on_command },
		.note = &rig.note,
		.memory = &rig.memory,
		.system = &fake,
		.wtmp = wtmp,
		.watchdog = watchdog };
	rig.cabinet = cabinet_new(&options, &rig.now);
	assert_non_null(rig.cabinet);
	rig_run(0);
}

void rig_begin_with(const char *more, const char *configuration)
{
	static char text[32768];
	struct problem why;
	snprintf(text, sizeof text, "%s%s%s", head, more, configuration);
	if (station_parse(&rig.station, text, strlen(text), "station.yaml", stderr,
	            &why) != OK)
		fail_msg("%s", why.text);
	begin();
}

static const char *memory_path(void)
{
	return in_folder(rig.folder, CABINET_FILE);
}

static void write_note(void)
{
	if (!rig.keep_note)
		cabinet_note_write(&rig.note, memory_path());
}

/* What the file holds, and nothing else, is there after a restart. */
static void remember(void)
{
	struct problem why = { .text = "" };
	write_note();
	cabinet_free(rig.cabinet);
	cabinet_memory_free(&rig.memory);
	if (cabinet_memory_read(&rig.memory, memory_path(), &why) != OK)
		fail_msg("%s", why.text);
	rig.n_told = 0;
}

void rig_restart_program(void)
{
	remember();
	begin();
}

void rig_restart_machine(int64_t away_us)
{
	remember();
	rig.now.boot++;
	rig.now.time_us += away_us;
	rig.now.mono_us = 600 * SEC;
	begin();
}

static void step_once(void)
{
	struct pollfd fds[64];
	size_t n = cabinet_descriptors(rig.cabinet, fds, 0, 64);
	poll(fds, n, 0);
	cabinet_step(rig.cabinet, fds, &rig.now);
	write_note();
}

void rig_run(int64_t for_us)
{
	int64_t end_us = rig.now.mono_us + for_us;
	step_once();
	while (rig.now.mono_us < end_us) {
		int64_t step_us = 10 * MS;
		int64_t wait_us = cabinet_wait_ms(rig.cabinet, &rig.now) * MS;
		if (for_us >= 10 * SEC && wait_us > step_us)
			step_us = wait_us;
		if (step_us > end_us - rig.now.mono_us)
			step_us = end_us - rig.now.mono_us;
		rig.now.mono_us += step_us;
		rig.now.time_us += step_us;
		step_once();
	}
}

/* ---- what comes from outside ---- */

bool rig_wait(int ms)
{
	struct pollfd fds[16];
	size_t n = cabinet_descriptors(rig.cabinet, fds, 0, 16);
	return poll(fds, n, ms) > 0;
}

void rig_edge(size_t number, bool level, int64_t age_us)
{
	struct rig_line *line = &rig.line[number];
	struct gpio_v2_line_event event = {
		.timestamp_ns = rig_monotonic_ns() - (uint64_t)age_us * 1000,
		.id = level ? GPIO_V2_LINE_EVENT_RISING_EDGE
		            : GPIO_V2_LINE_EVENT_FALLING_EDGE,
	};
	line->level = level;
	assert_int_equal(write(line->pipe[1], &event, sizeof event), sizeof event);
}

void rig_turn(size_t line, bool on)
{
	rig_edge(line, on, 0);
	rig_run(2 * SEC);
}

const uint8_t *rig_reading(
        const char *instrument, const uint8_t *state, const double *value)
{
	size_t i = 0;
	while (strcmp(rig.station->instrument[i].id, instrument) != 0)
		i++;
	struct reading_parts parts = { .state = state,
		.value = value,
		.n_channels = rig.station->instrument[i].profile->n_channels };
	return cabinet_reading(rig.cabinet, i, &rig.now, &parts);
}

uint8_t rig_cod(double value)
{
	uint8_t state[READING_CHANNELS] = { STATE_OK };
	double number[READING_CHANNELS] = { 0 };
	const struct profile *profile = rig.station->instrument[1].profile;
	size_t c = (size_t)profile_channel_index(profile, "cod");
	number[c] = value;
	return rig_reading("cod", state, number)[c];
}

struct asking {
	const struct order *order;
	struct control_answer answer;
	struct problem why;
	int status;
	_Atomic bool done;
};

static void *ask(void *with)
{
	struct asking *asking = with;
	asking->status =
	        control_ask(rig.folder, asking->order, &asking->answer, &asking->why);
	asking->done = true;
	return NULL;
}

int rig_order(const struct order *order, char answer[CONTROL_MOST])
{
	struct asking asking = { .order = order };
	pthread_t thread;
	assert_int_equal(pthread_create(&thread, NULL, ask, &asking), 0);
	while (!asking.done) {
		if (rig.keep_note && control_waits_for_disk(&rig.cabinet->control)) {
			rig.now.mono_us += 100 * MS;
			rig.now.time_us += 100 * MS;
		}
		step_once();
		sched_yield();
	}
	pthread_join(thread, NULL);
	rig.outcome = asking.answer.outcome;
	snprintf(answer, CONTROL_MOST, "%s",
	        asking.status == OK ? asking.answer.text : asking.why.text);
	return asking.status;
}

void rig_wtmp(int type, const char *user, const char *line, const char *host)
{
	struct utmp entry = { .ut_type = (short)type };
	snprintf(entry.ut_user, sizeof entry.ut_user, "%s", user);
	snprintf(entry.ut_line, sizeof entry.ut_line, "%s", line);
	snprintf(entry.ut_host, sizeof entry.ut_host, "%s", host);
	FILE *file = fopen(in_folder(rig.folder, "wtmp"), "ae");
	assert_non_null(file);
	assert_int_equal(fwrite(&entry, sizeof entry, 1, file), 1);
	assert_int_equal(fclose(file), 0);
}
