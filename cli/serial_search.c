/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Listening to a line, and asking everybody on it. */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "cli/serial_probe.h"

#define DECODE_S 3   /* after the first byte: long enough for a frame or two */
#define FOUND_S  1.0 /* for one that was found, at least */

/* ---- opening ---- */

/* Open at a setting; while only listening RTS stays down, for it drives the line on some
 * converters. */
static int open_way(struct prober *prober, size_t way, bool asking, struct problem *why)
{
	struct port_setting *setting = &prober->port.setting;
	setting->line = prober->way[way].line;
	setting->framing = prober->way[way].framing;
	setting->rts = asking;
	setting->listen = !asking;
	prober->open_way = way;
	return talk_open(&prober->talk, setting, why);
}

static int gone(const struct prober *prober, struct problem *why)
{
	return problem_set(why, HUNG_UP, EXIT_NO_FILE,
	        prober->vietnamese ? "%s: cổng đã mất kết nối"
	                           : "%s: the port has gone",
	        prober->port.setting.id);
}

static int stopped(const struct prober *prober, struct problem *why)
{
	return problem_set(why, REFUSED, EXIT_STOPPED, "%s",
	        prober->vietnamese ? "đã dừng theo yêu cầu; không có gì bị thay đổi"
	                           : "stopped; nothing was changed");
}

/* ---- what others say ---- */

static void note_heard(struct prober *prober, const struct overheard *heard)
{
	struct overheard_line *line = &prober->heard;
	char way[32];
	bool first =
	        line->text[0] == '\0' || (heard->kind == HEARD_ASKS && line->asks == 0);
	line->asks += heard->kind == HEARD_ASKS;
	line->answers += heard->kind == HEARD_ANSWERS;
	line->says += heard->kind == HEARD_SAYS;
	if (heard->kind == HEARD_NOISE || !first)
		return;
	snprintf(line->text, sizeof line->text, "%s, %s: %s",
	        probe_way_text(&prober->way[prober->open_way], way), heard->tongue,
	        heard->text);
}

static bool hear(void *context, const uint8_t *in, size_t n, int64_t mono_us)
{
	struct prober *prober = context;
	struct overheard heard;
	prober->heard.bytes += n;
	overhear_add(&prober->ear, in, n, mono_us);
	while (overhear_next(&prober->ear, mono_us, &heard) == 1)
		note_heard(prober, &heard);
	return !tool_stop;
}

struct listening {
	struct prober *prober;
	double for_s;
	int64_t from_us,
	        until_us; /* until_us: grows shorter when something was heard */
};

static bool listening_hear(void *context, const uint8_t *in, size_t n, int64_t mono_us)
{
	struct listening *listening = context;
	struct prober *prober = listening->prober;
	bool first = n > 0 && prober->heard.bytes == 0;
	hear(prober, in, n, mono_us);
	if (listening->from_us == 0)
		listening->from_us = mono_us;
	if (first)
		listening->until_us = mono_us + DECODE_S * INT64_C(1000000);
	prober_step_listen(prober,
	        (double)(mono_us - listening->from_us) / 1e6 / listening->for_s);
	return mono_us < listening->until_us;
}

static int listen_at(
        struct prober *prober, size_t way, double for_s, struct problem *why)
{
	struct listening listening = {
		.prober = prober, .for_s = for_s, .until_us = INT64_MAX
	};
	int status = open_way(prober, way, false, why);
	if (status != OK)
		return status;
	status = talk_listen(&prober->talk, for_s, listening_hear, &listening);
	int64_t now_us = clock_now(&prober->talk.clock).mono_us;
	hear(prober, NULL, 0, now_us + OVERHEAR_QUIET);
	if (status == HUNG_UP)
		return gone(prober, why);
	return tool_stop ? stopped(prober, why) : OK;
}

/* Bytes that were no frame may be one at another speed: that is told to whoever must find
 * the master of this line. */
static int identify(struct prober *prober, struct problem *why)
{
	int status = OK;
	for (size_t way = 1; status == OK && way < prober->options.n_ways &&
	                     prober->heard.text[0] == '\0';
	        way++)
		status = listen_at(prober, way, OTHER_S, why);
	return status;
}

static int refuse(const struct prober *prober, struct problem *why)
{
	const struct overheard_line *heard = &prober->heard;
	bool vi = prober->vietnamese, says = heard->asks == 0 && heard->says > 0;
	char what[sizeof heard->text + 128];
	if (heard->text[0] != '\0')
		snprintf(what, sizeof what, "%s", heard->text);
	else
		snprintf(what, sizeof what,
		        vi ? "%" PRIu64 " byte, chưa giải mã được"
		           : "%" PRIu64 " bytes that are no frame known here",
		        heard->bytes);
	return problem_set(why, REFUSED, EXIT_TRY_AGAIN,
	        vi ? "đường truyền đang có tín hiệu (%s). %s Không gửi gì thêm. Nếu "
	             "chắc chắn đường này là của mình: --i-own-this-bus"
	           : "somebody speaks on this line (%s). %s Nothing more is sent. If "
	             "the line is yours alone: --i-own-this-bus",
	        what,
	        heard->asks > 0 ? (vi ? "Đường này đã có máy chủ (ví dụ datalogger): "
	                                "hỏi chen vào sẽ làm hỏng số liệu của nó."
	                              : "It has a master (a data logger, say): a "
	                                "second one corrupts its data.")
	        : says ? (vi ? "Thiết bị này tự gửi số liệu, không cần dò: quantrac "
	                       "station add."
	                     : "An instrument that speaks by itself need not be "
	                       "searched for: quantrac station add.")
	               : "");
}

int prober_listen(struct prober *prober, struct problem *why)
{
	bool serial = prober->port.path[0] != '\0';
	int status = listen_at(prober, 0, prober->given.listen_s, why);
	if (status == OK && prober->heard.bytes > 0 && serial)
		status = identify(prober, why);
	prober_step_end(prober);
	if (status != OK)
		return status;
	if (prober->heard.bytes > 0 && !prober->given.own)
		return refuse(prober, why);
	return OK;
}

/* ---- asking ---- */

/* Bytes beside the answer: a late answer of somebody asked before, or another master. */
static void hear_rest(struct prober *prober, const struct asked *asked)
{
	size_t skip = asked->echo, at = asked->answer_at;
	size_t size = asked->answer_size;
	if (prober->talk.setting.framing == FRAMING_TCP)
		return;
	if (size == 0)
		at = asked->n;
	if (at > skip)
		overhear_add(&prober->ear, asked->came + skip, at - skip,
		        asked->at_us[skip]);
	if (at + size < asked->n)
		overhear_add(&prober->ear, asked->came + at + size,
		        asked->n - at - size, asked->at_us[at + size]);
}

static bool listed(const uint8_t *list, size_t n, uint8_t slave)
{
	return n > 0 && memchr(list, slave, n) != NULL;
}

static bool is_found(const struct probe *probe, uint8_t slave)
{
	for (size_t i = 0; i < probe->n_found; i++)
		if (probe->found[i].slave == slave)
			return true;
	return false;
}

/* Our own request, come back with a byte of noise before it. */
static bool is_ours(const struct prober *prober, const struct overheard *heard,
        const struct modbus_request *request)
{
	uint8_t sent[MODBUS_FRAME];
	int n = modbus_request_put(
	        prober->talk.setting.framing, request, sent, sizeof sent);
	return n == (int)heard->n && memcmp(sent, heard->bytes, heard->n) == 0;
}

/* Take out of the ear what was heard while asking. */
static void look_at_ear(struct prober *prober, const struct modbus_request *request)
{
	struct overheard heard;
	int64_t now_us = clock_now(&prober->talk.clock).mono_us;
	while (overhear_next(&prober->ear, now_us + OVERHEAR_QUIET, &heard) == 1) {
		if (is_ours(prober, &heard, request)) {
			prober->echoes = true;
			continue;
		}
		note_heard(prober, &heard);
		if (heard.kind == HEARD_ANSWERS && heard.slave > 0 &&
		        prober->n_late < PROBE_SLAVES &&
		        !listed(prober->late, prober->n_late, (uint8_t)heard.slave))
			prober->late[prober->n_late++] = (uint8_t)heard.slave;
	}
}

static bool drained(void *context, const uint8_t *in, size_t n, int64_t mono_us)
{
	struct prober *prober = context;
	overhear_add(&prober->ear, in, n, mono_us);
	return true;
}

static int ask(struct prober *prober, const struct modbus_request *request,
        double timeout_s, struct problem *why)
{
	struct asked *asked = &prober->asked;
	int status = talk_drain(&prober->talk, drained, prober);
	if (status == OK)
		status = talk_ask(&prober->talk, request, timeout_s, asked);
	if (status == HUNG_UP)
		return gone(prober, why);
	if (tool_stop)
		return stopped(prober, why);
	if (status != OK)
		return problem_set(why, status, EXIT_USAGE,
		        "function %d, register %d, count %d cannot be asked for",
		        request->function, request->start, request->count);
	prober->echoes = prober->echoes || asked->echo > 0;
	if (asked->n > 0)
		hear_rest(prober, asked);
	look_at_ear(prober, request);
	if (prober->heard.asks > 0 && !prober->given.own)
		return refuse(prober, why);
	return OK;
}

static enum probe_outcome outcome_of(int status)
{
	switch (status) {
	case OK:
		return PROBE_ANSWERED;
	case REFUSED:
		return PROBE_REFUSED;
	case MALFORMED:
		return PROBE_GARBLED;
	default:
		return PROBE_SILENT;
	}
}

/* Whoever answered too late is asked once more, with patience. */
static int ask_patiently(struct prober *prober, uint8_t slave, struct problem *why)
{
	struct modbus_request request = { .slave = slave,
		.function = 3,
		.start = prober->options.start,
		.count = 1 };
	talk_listen(&prober->talk, CALM_S, drained, prober);
	int status = ask(prober, &request, LATE_S, why);
	enum probe_outcome outcome = outcome_of(prober->asked.outcome);
	if (status == OK && (outcome == PROBE_ANSWERED || outcome == PROBE_REFUSED))
		probe_add(&prober->probe,
		        &(struct probe_found){ .slave = slave,
		                .functions = outcome == PROBE_ANSWERED ? 1 << 3 : 0,
		                .exception = prober->asked.exception },
		        prober->open_way);
	return status;
}

/* Who is silent then was noise that looked like an answer, and is not asked at every try. */
static int ask_late(struct prober *prober, struct problem *why)
{
	int status = OK;
	size_t i = 0;
	for (size_t left = prober->n_late; status == OK && left > 0; left--) {
		uint8_t slave = prober->late[i];
		if (!is_found(&prober->probe, slave))
			status = ask_patiently(prober, slave, why);
		if (status != OK || is_found(&prober->probe, slave))
			i++;
		else
			memmove(prober->late + i, prober->late + i + 1,
			        --prober->n_late - i);
	}
	return status;
}

static int try_one(
        struct prober *prober, const struct probe_try *next, struct problem *why)
{
	struct probe *probe = &prober->probe;
	int status = OK;
	prober_step_search(prober, next);
	if (prober->open_way != next->way)
		status = open_way(prober, next->way, true, why);
	if (status == OK)
		status = ask(prober, &next->request, prober->options.timeout_s, why);
	if (status != OK)
		return status;
	probe_note(probe, outcome_of(prober->asked.outcome), prober->asked.exception);
	status = ask_late(prober, why);
	prober_step_found(prober);
	return status;
}

int prober_search(struct prober *prober, struct problem *why)
{
	struct probe_try next;
	int status = OK;
	prober->open_way = SIZE_MAX;
	prober->heard = (struct overheard_line){ 0 };
	while (status == OK && probe_next(&prober->probe, &next))
		status = try_one(prober, &next, why);
	prober_step_end(prober);
	return status;
}

int prober_ask(struct prober *prober, const struct modbus_request *request,
        struct problem *why)
{
	double timeout_s = prober->options.timeout_s;
	if (listed(prober->late, prober->n_late, request->slave))
		timeout_s = LATE_S;
	else if (timeout_s < FOUND_S)
		timeout_s = FOUND_S;
	return ask(prober, request, timeout_s, why);
}
