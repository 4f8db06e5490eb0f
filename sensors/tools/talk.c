/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "sensors/tools/talk.h"

#include <limits.h>
#include <math.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>

#define CONNECT_US INT64_C(10000000)
#define LOOK_MS    50 /* between looks at *stop, and at a name being looked up */
#define QUIET_US   INT64_C(5000) /* of silence before a request, at least */

static int64_t now_us(struct talk *talk)
{
	return clock_now(&talk->clock).mono_us;
}

static bool stopped(const struct talk *talk)
{
	return talk->stop != NULL && *talk->stop;
}

void talk_init(struct talk *talk, const volatile sig_atomic_t *stop)
{
	memset(talk, 0, sizeof *talk);
	clock_init(&talk->clock);
	talk->stop = stop;
}

bool talk_is_pty(const char *path)
{
	char real[PATH_MAX];
	return realpath(path, real) != NULL && strncmp(real, "/dev/pts/", 9) == 0;
}

/* ---- opening ---- */

void talk_close(struct talk *talk)
{
	if (talk->port != NULL)
		talk->port->free(talk->port);
	talk->port = NULL;
}

/* Until something can be read, at most so long and LOOK_MS; true if poll() said so. */
static bool wait_readable(struct talk *talk, int64_t for_us)
{
	struct pollfd fd = { .fd = talk->port->descriptor(talk->port),
		.events = talk->port->events(talk->port) };
	int ms = for_us < LOOK_MS * 1000 ? (int)(for_us + 999) / 1000 : LOOK_MS;
	return poll(&fd, 1, ms > 0 ? ms : 0) > 0 && fd.revents != 0;
}

static int connected(struct talk *talk, struct problem *why)
{
	uint8_t none[1];
	int64_t end_us = now_us(talk) + CONNECT_US;
	while (!(talk->port->events(talk->port) & POLLIN)) {
		wait_readable(talk, LOOK_MS * 1000);
		int n = talk->port->read(talk->port, none, 0, false);
		if (n >= 0 && now_us(talk) < end_us && !stopped(talk))
			continue;
		const char *reason = talk->port->reason;
		return problem_set(why, FAILED, EXIT_NO_FILE, "%s:%s: %s",
		        talk->setting.host, talk->setting.service,
		        reason != NULL ? reason : "cannot be reached");
	}
	return OK;
}

int talk_open(
        struct talk *talk, const struct port_setting *setting, struct problem *why)
{
	talk_close(talk);
	talk->setting = *setting;
	talk->port = port_new(&talk->setting);
	if (talk->port == NULL)
		return problem_set(why, FAILED, EXIT_INTERNAL, "no memory for a port");
	int status = talk->port->open(talk->port, why);
	if (status == OK)
		status = connected(talk, why);
	if (status != OK)
		talk_close(talk);
	talk->free_us = now_us(talk) + QUIET_US;
	return status;
}

/* ---- listening ---- */

static int64_t silence_us(const struct talk *talk)
{
	int64_t gap = 0;
	if (talk->setting.path[0] != '\0')
		gap = (int64_t)(line_seconds(&talk->setting.line, 4) * 1e6);
	return gap > QUIET_US ? gap : QUIET_US;
}

/* Bytes read, 0: none, HUNG_UP. */
static int take(struct talk *talk, uint8_t *out, size_t room, bool readable)
{
	int n = talk->port->read(talk->port, out, room, readable);
	if (n > 0)
		talk->free_us = now_us(talk) + silence_us(talk);
	return n;
}

int talk_listen(struct talk *talk, double for_s, talk_hear hear, void *context)
{
	uint8_t in[512];
	int64_t end_us =
	        isfinite(for_s) ? now_us(talk) + (int64_t)(for_s * 1e6) : INT64_MAX;
	for (int64_t now = 0; (now = now_us(talk)) < end_us;) {
		if (stopped(talk))
			return REFUSED;
		bool readable = wait_readable(talk, end_us - now);
		int n = take(talk, in, sizeof in, readable);
		if (n < 0)
			return n;
		if (!hear(context, in, (size_t)n, now_us(talk)))
			return OK;
	}
	return OK;
}

int talk_drain(struct talk *talk, talk_hear hear, void *context)
{
	uint8_t in[512];
	for (int n; (n = take(talk, in, sizeof in, wait_readable(talk, 0))) != 0;) {
		if (n < 0)
			return n;
		hear(context, in, (size_t)n, now_us(talk));
	}
	return OK;
}

/* ---- asking ---- */

/* A whole answer somewhere in what has come; `end`: nothing more will. */
static bool find_answer(const struct talk *talk, const struct modbus_request *request,
        struct asked *out, bool end)
{
	int framing = talk->setting.framing;
	for (size_t at = out->answer_at; at < out->n; at++) {
		int n = modbus_answer_frame(
		        framing, request, out->came + at, out->n - at);
		if (n == FRAME_SHORT && !end)
			return false;
		if (n <= 0)
			continue;
		out->outcome = modbus_answer_get(framing, request, out->came + at,
		        (size_t)n, true, &out->answer);
		if (out->outcome == MALFORMED) /* TCP: of another request */
			continue;
		out->exception = out->answer.exception;
		out->data = out->answer.data;
		out->size = out->answer.size;
		out->answer_at = at;
		out->answer_size = (size_t)n;
		/* a pseudo-terminal is faster than its speed */
		out->wait_s = fmax(0, (double)(out->at_us[at] - out->sent_us) / 1e6);
		return true;
	}
	return false;
}

/* Some adapters give back what they send, before the answer. */
static void skip_echo(struct asked *out, const uint8_t *sent, size_t n)
{
	if (out->echo > 0 || out->n < n || memcmp(out->came, sent, n) != 0)
		return;
	out->echo = out->answer_at = n;
}

static int send_all(struct talk *talk, const uint8_t *bytes, size_t n, double limit_s)
{
	int64_t end_us = now_us(talk) + (int64_t)(limit_s * 1e6);
	for (size_t done = 0; done < n;) {
		int sent = talk->port->write(talk->port, bytes + done, n - done);
		if (sent < 0)
			return sent;
		done += (size_t)sent;
		if (done < n && (now_us(talk) >= end_us || stopped(talk)))
			return TIMED_OUT;
		if (done < n)
			poll(NULL, 0, 1);
	}
	return OK;
}

/* What has begun before its time was up may come to its end. */
static int64_t with_frame(struct talk *talk, int64_t end_us)
{
	if (talk->setting.path[0] == '\0')
		return end_us;
	double frame_s = line_seconds(&talk->setting.line, MODBUS_FRAME);
	int64_t frame_us = now_us(talk) + (int64_t)(frame_s * 1e6);
	return frame_us > end_us ? frame_us : end_us;
}

static int await(struct talk *talk, const struct modbus_request *request,
        int64_t end_us, struct asked *out)
{
	uint8_t sent[MODBUS_FRAME];
	int size =
	        modbus_request_put(talk->setting.framing, request, sent, sizeof sent);
	for (int64_t now = 0; (now = now_us(talk)) < end_us;) {
		if (stopped(talk))
			return REFUSED;
		bool readable = wait_readable(talk, end_us - now);
		int n = take(
		        talk, out->came + out->n, sizeof out->came - out->n, readable);
		if (n < 0)
			return n;
		if (out->n == 0 && n > 0)
			end_us = with_frame(talk, end_us);
		for (int i = 0; i < n; i++)
			out->at_us[out->n++] = now_us(talk);
		skip_echo(out, sent, (size_t)size);
		if (n > 0 && find_answer(talk, request, out, false))
			return OK;
		if (out->n == sizeof out->came)
			break;
	}
	if (!find_answer(talk, request, out, true))
		out->outcome = out->n > out->echo ? MALFORMED : TIMED_OUT;
	return OK;
}

int talk_ask(struct talk *talk, const struct modbus_request *request, double timeout_s,
        struct asked *out)
{
	uint8_t bytes[MODBUS_FRAME];
	int n = modbus_request_put(talk->setting.framing, request, bytes, sizeof bytes);
	memset(out, 0, sizeof *out);
	if (n < 0)
		return n;
	for (int64_t now; (now = now_us(talk)) < talk->free_us;)
		poll(NULL, 0, (int)((talk->free_us - now + 999) / 1000));
	int status = send_all(talk, bytes, (size_t)n, timeout_s);
	if (status == TIMED_OUT) {
		out->outcome = TIMED_OUT;
		return stopped(talk) ? REFUSED : OK;
	}
	if (status != OK)
		return status;
	double line_s = talk->setting.path[0] != '\0'
	                        ? line_seconds(&talk->setting.line, (size_t)n)
	                        : 0;
	out->sent_us = now_us(talk) + (int64_t)(line_s * 1e6);
	status = await(talk, request, out->sent_us + (int64_t)(timeout_s * 1e6), out);
	talk->free_us = now_us(talk) + silence_us(talk);
	return status;
}
