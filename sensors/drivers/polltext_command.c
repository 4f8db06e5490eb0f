/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Commands of text instruments: a template that is sent, templates of the answers that say it is
 * done, or refused.  The `refusals` of the profile refuse commands too. */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "base/legal_time.h"
#include "sensors/drivers/polltext.h"
#include "sensors/tables/fields.h"
#include "sensors/tables/profile_parts.h"

#define COMMAND(member) offsetof(struct profile_command, member)

// clang-format off
static const struct field fields[] = {
	{ .key = "send", .type = FIELD_TEXT, .at = COMMAND(text.send), .required = true, .high = 400,
	  .help = "What is sent, as a template in single quotes; {value} is the operator's number, or the time.",
	  .help_vi = "Lệnh gửi đi, dạng mẫu trong dấu nháy đơn; {value} là số người vận hành nhập, hoặc thời gian." },
	{ .key = "done", .type = FIELD_TEXTS, .at = COMMAND(text.done), .count_at = COMMAND(text.n_done),
	  .required = true, .high = 400,
	  .help = "Templates of answers that say it is done.", .help_vi = "Các mẫu câu trả lời nghĩa là đã thực hiện." },
	{ .key = "refused", .type = FIELD_TEXTS, .at = COMMAND(text.refused),
	  .count_at = COMMAND(text.n_refused), .high = 400,
	  .help = "Templates of answers that refuse it, besides `refusals`.",
	  .help_vi = "Các mẫu câu trả lời từ chối, ngoài `refusals`." },
	{ .key = "clock", .type = FIELD_TEXT, .at = COMMAND(text.clock), .high = 40,
	  .help = "{value} is the station's time in this form: MM-DD-YY, hh:mm.",
	  .help_vi = "{value} là thời gian của trạm theo dạng này: MM-DD-YY, hh:mm." },
	{ 0 },
};
// clang-format on
const struct section polltext_command_section = { "command",
	sizeof(struct profile_command), fields, &command_common };

static const struct polltext_patterns *patterns_of(
        const struct instrument *instrument, size_t command)
{
	const struct polltext *own = instrument->profile->own;
	return own->command[command];
}

/* ---- what is sent ---- */

static int request(const struct command_order *order, uint8_t out[COMMAND_MOST])
{
	const struct instrument *instrument = order->instrument;
	const struct profile_command *command =
	        &instrument->profile->command[order->command];
	const struct polltext_patterns *send =
	        &patterns_of(instrument, order->command)[POLLTEXT_SEND];
	struct text_fields fields_of = { .n = 0 };
	char time[TEXT_TIME];
	const char *value = order->value;
	if (command->text.clock[0] != '\0') {
		text_time_put(order->time_us, command->text.clock,
		        instrument->utc_offset_min, time);
		value = time;
	}
	text_fields_add(&fields_of, "value", value, strlen(value));
	int n = pattern_print(send->pattern, instrument->address, &fields_of,
	        (struct pattern_room){ out, COMMAND_MOST });
	return n > 0 ? n : REFUSED;
}

/* The {value} of a message, if its template has one. */
static bool value_in(const struct instrument *instrument, const struct pattern *pattern,
        struct pattern_bytes in, struct text_field *out)
{
	struct text_fields fields_of = { .n = 0 };
	const struct text_field *field = NULL;
	if (pattern_match(pattern, instrument->address, in, &fields_of) > 0)
		field = text_fields_find(&fields_of, "value");
	if (field != NULL)
		*out = *field;
	return field != NULL;
}

/* A number to its last place; a time to the letter. */
static bool is_value(const struct text_field *sent, const struct text_field *back)
{
	double number, reported;
	if (!text_number_of(sent, &number))
		return sent->n == back->n && memcmp(sent->at, back->at, back->n) == 0;
	const char *point = memchr(sent->at, '.', sent->n);
	const char *end = sent->at + sent->n;
	double place = point == NULL ? 1 : pow(10, -(double)(end - point - 1));
	return text_number_of(back, &reported) && fabs(reported - number) < place / 2;
}

/* Where the answer that says it is done has {value}: it is what was sent. */
static bool is_same(const struct command_order *order, const uint8_t *asked,
        const struct polltext_patterns *done, struct pattern_bytes in)
{
	const struct instrument *instrument = order->instrument;
	const struct polltext_patterns *send =
	        &patterns_of(instrument, order->command)[POLLTEXT_SEND];
	const struct pattern_bytes request_of = { asked, COMMAND_MOST };
	struct text_field sent, back;
	int which = polltext_which(done, instrument->address, in);
	return which < 0 || !value_in(instrument, &done->pattern[which], in, &back) ||
	       !value_in(instrument, send->pattern, request_of, &sent) ||
	       is_value(&sent, &back);
}

/* One of a set, whole: its length with the outcome, FRAME_SHORT or FRAME_NONE. */
static int answer(const struct command_order *order, const uint8_t *asked,
        const struct command_bytes *in, struct command_outcome *out)
{
	const struct instrument *instrument = order->instrument;
	const struct polltext *own = instrument->profile->own;
	const struct polltext_patterns *patterns =
	        patterns_of(instrument, order->command);
	const struct pattern_bytes bytes = { in->at, in->n };
	const char *address = instrument->address;
	int done = polltext_fit(&patterns[POLLTEXT_DONE], address, bytes);
	*out = (struct command_outcome){ .kind = COMMAND_DONE, .why = "" };
	if (done > 0 && !is_same(order, asked, &patterns[POLLTEXT_DONE],
	                        (struct pattern_bytes){ in->at, (size_t)done })) {
		out->kind = COMMAND_UNKNOWN;
		out->why = "the instrument reports another number or time";
	}
	if (done > 0)
		return done;
	out->kind = COMMAND_REFUSED;
	int refused = polltext_fit(&patterns[POLLTEXT_REFUSED], address, bytes);
	if (refused > 0)
		return refused;
	int known = polltext_fit(&own->other[POLLTEXT_REFUSAL], address, bytes);
	if (known > 0) {
		int which = polltext_which(&own->other[POLLTEXT_REFUSAL], address,
		        (struct pattern_bytes){ in->at, (size_t)known });
		if (which >= 0)
			out->why = instrument->profile->polltext.refusal[which].meaning;
		return known;
	}
	out->kind = COMMAND_PASS;
	if (done == FRAME_SHORT || refused == FRAME_SHORT || known == FRAME_SHORT)
		return in->n < POLLTEXT_FRAME ? FRAME_SHORT : FRAME_NONE;
	return polltext_pass_over(bytes);
}

/* ---- what a profile may say ---- */

size_t polltext_command_count(const struct profile *profile)
{
	size_t n = 0;
	for (size_t i = 0; i < profile->n_commands; i++)
		n += 1 + profile->command[i].text.n_done +
		     profile->command[i].text.n_refused;
	return n;
}

size_t polltext_command_compile(
        struct profile_checker *check, struct polltext *own, size_t at)
{
	const struct profile *profile = check->profile;
	for (size_t i = 0; i < profile->n_commands && i < COMMANDS_MOST; i++) {
		const struct profile_command *command = &profile->command[i];
		struct polltext_patterns *set = own->command[i];
		checker_at(check, "commands[%zu].send", i);
		polltext_compile(check, &set[POLLTEXT_SEND], &own->all[at++],
		        command->text.send);
		for (size_t k = 0; k < command->text.n_done; k++) {
			checker_at(check, "commands[%zu].done[%zu]", i, k);
			polltext_compile(check, &set[POLLTEXT_DONE], &own->all[at++],
			        command->text.done[k]);
		}
		for (size_t k = 0; k < command->text.n_refused; k++) {
			checker_at(check, "commands[%zu].refused[%zu]", i, k);
			polltext_compile(check, &set[POLLTEXT_REFUSED], &own->all[at++],
			        command->text.refused[k]);
		}
	}
	return at;
}

/* {value} alone is known when it is sent, and it is there when something gives it. */
static void check_send(struct profile_checker *check, size_t i)
{
	const struct profile_command *command = &check->profile->command[i];
	const struct polltext *own = check->profile->own;
	const struct pattern *send = own->command[i][POLLTEXT_SEND].pattern;
	bool wants = command_takes_value(command) || command->text.clock[0] != '\0';
	bool has = false;
	checker_at(check, "commands[%zu].send", i);
	for (size_t k = 0; k < send->n; k++) {
		const struct pattern_part *part = &send->part[k];
		bool is_value = part->kind == PART_FIELD && part->n == 5 &&
		                memcmp(send->bytes + part->at, "value", 5) == 0;
		has |= is_value;
		if ((part->kind == PART_FIELD && !is_value) || part->kind == PART_PAIRS)
			WRONG(check,
			        "{value}, {address} and {check} are known when it is "
			        "sent",
			        "a command cannot have other fields");
	}
	if (has && !wants)
		WRONG(check, "write low and high, or clock",
		        "nothing says what {value} is");
	if (wants && !has)
		WRONG(check, "write {value} where it stands", "the number is not sent");
}

static void check_clock(struct profile_checker *check, size_t i)
{
	const struct profile_command *command = &check->profile->command[i];
	const char *form = command->text.clock;
	bool sound = true, any = false;
	checker_at(check, "commands[%zu].clock", i);
	for (size_t n = 1; *form != '\0'; form += n, n = 1) {
		if (strchr("YMDhms", *form) == NULL)
			continue;
		while (form[n] == form[0])
			n++;
		any = true;
		sound = sound && (n == 2 || (*form == 'Y' && n == 4));
	}
	if (command->text.clock[0] != '\0' && (!sound || !any))
		WRONG(check, "YYYY or YY, MM, DD, hh, mm, ss",
		        "'%s' is no form of a time", command->text.clock);
	if (command->text.clock[0] != '\0' && command_takes_value(command))
		WRONG(check, "leave out low and high",
		        "the clock is the station's, and takes no number");
}

/* What is sent with a number or a time of these bounds: its length is right, and no echo of it
 * passes for the answer. */
static void check_sent(struct profile_checker *check, size_t i)
{
	struct profile *profile = check->profile;
	const struct profile_command *command = &profile->command[i];
	const struct instrument factory = { .profile = profile,
		.address = profile->address };
	char value[COMMAND_VALUE + 1] = "";
	if (command_takes_value(command))
		snprintf(value, sizeof value, "%.6g", command->high);
	const struct command_order order = {
		.instrument = &factory, .command = i, .value = value
	};
	struct command_outcome outcome;
	uint8_t sent[COMMAND_MOST] = { 0 };
	int n = request(&order, sent);
	checker_at(check, "commands[%zu].send", i);
	if (n <= 0) {
		WRONG(check, "write the factory address as the protocol has it",
		        "command '%s' cannot be written in %d bytes", command->name,
		        COMMAND_MOST);
		return;
	}
	const struct command_bytes echo = { sent, (size_t)n };
	if (answer(&order, sent, &echo, &outcome) > 0 && outcome.kind != COMMAND_PASS)
		WRONG(check, "write into `done` what the answer has and it has not",
		        "an adapter that gives command '%s' back would pass for its "
		        "answer",
		        command->name);
}

static void check_command(struct profile_checker *check, size_t i)
{
	const struct profile_command *command = &check->profile->command[i];
	const struct polltext *own = check->profile->own;
	if (own == NULL || config_errors(check->profile->config) > 0)
		return; /* templates that cannot be read */
	checker_at(check, "commands[%zu].done", i);
	if (command->text.n_done == 0) {
		WRONG(check, "write at least one", "no answer says that it is done");
		return;
	}
	check_send(check, i);
	check_clock(check, i);
	check_sent(check, i);
}

/* ---- the answering side ---- */

/* The command that is exactly these bytes, or -1. */
static int which(const struct instrument *instrument, struct pattern_bytes in)
{
	for (size_t i = 0; i < instrument->profile->n_commands; i++)
		if (polltext_which(&patterns_of(instrument, i)[POLLTEXT_SEND],
		            instrument->address, in) >= 0)
			return (int)i;
	return -1;
}

static int heard(const struct instrument *instrument, const struct command_bytes *in)
{
	int status = FRAME_NONE;
	for (size_t i = 0; i < instrument->profile->n_commands; i++) {
		int n = polltext_fit(&patterns_of(instrument, i)[POLLTEXT_SEND],
		        instrument->address, (struct pattern_bytes){ in->at, in->n });
		if (n > 0)
			return n;
		if (n == FRAME_SHORT)
			status = FRAME_SHORT;
	}
	return status;
}

/* The first template of what it says; a {value} in it is the one that came. */
static size_t say(const struct command_heard *what, uint8_t *out, size_t room)
{
	const struct instrument *instrument = what->instrument;
	const struct polltext *own = instrument->profile->own;
	struct text_fields came = { .n = 0 };
	const struct pattern_bytes in = { what->in.at, what->in.n };
	int i = which(instrument, in);
	if (i < 0)
		return 0;
	const struct polltext_patterns *set = patterns_of(instrument, (size_t)i);
	const struct polltext_patterns *said = &set[POLLTEXT_DONE];
	if (what->exception != 0)
		said = set[POLLTEXT_REFUSED].n > 0 ? &set[POLLTEXT_REFUSED]
		                                   : &own->other[POLLTEXT_REFUSAL];
	if (said->n == 0)
		return 0;
	pattern_match(set[POLLTEXT_SEND].pattern, instrument->address, in, &came);
	int n = pattern_print(said->pattern, instrument->address, &came,
	        (struct pattern_room){ out, room });
	return n > 0 ? (size_t)n : 0;
}

const struct command_driver polltext_commands = {
	.check = check_command,
	.request = request,
	.answer = answer,
	.heard = heard,
	.say = say,
};
