/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tests/kits/check.h"

#include "tests/kits/command_kit.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char gas[] =
        "name: command-gas\nmaker: nobody\nmodel: made up for tests\nsummary: O2\n"
        "source: made up\nsimulation: yes\ndriver: modbus\ntimeout: 500ms\n"
        "blocks:\n"
        "  - {name: values, function: 3, start: 10, count: 4, source: made up}\n"
        "channels:\n"
        "  - {name: o2, label_vi: O2, label_en: O2, unit: \"%\", block: values, at: 0, "
        "type: f32, order: ABCD}\n"
        "  - {name: range, label_vi: R, label_en: R, unit: \"%\", kind: setting, "
        "block: "
        "values, at: 2, type: f32, order: ABCD}\n";

static const char probe[] =
        "name: command-probe\nmaker: nobody\nmodel: made up for tests\nsummary: O3\n"
        "source: made up\nsimulation: yes\ndriver: poll-text\naddress: '7'\n"
        "timeout: 500ms\nchecksum: xor\n"
        "blocks:\n"
        "  - {name: o3, send: '{address}o3\\r', answers: ['o3 {o3} ppb\\r'], source: "
        "s}\n"
        "refusals:\n"
        "  - {answer: '{_} bad cmd\\r', means: unfit, meaning: it does not know this}\n"
        "skip: ['W {_}\\r']\n"
        "channels:\n"
        "  - {name: o3, label_vi: O3, label_en: O3, unit: ppb, field: o3}\n";

const char gas_commands[] =
        "  - {name: zero, label_en: Z, label_vi: Z, changes: gas, function: 5, "
        "address: "
        "7, values: [1], source: page 5}\n"
        "  - {name: set_range, label_en: R, label_vi: R, changes: range, function: 16, "
        "address: 12, type: f32, order: ABCD, low: 1, high: 100, unit: \"%\", source: "
        "page 6}\n"
        "  - {name: unlock, label_en: U, label_vi: U, changes: mode, disturbs: no, "
        "function: 6, address: 1, values: [3], source: page 7, note: seen once, "
        "note_vi: ghi chú của lệnh}\n"
        "  - {name: gain, label_en: G, label_vi: G, changes: settings, function: 6, "
        "address: 9, type: i16, divide: 10, low: -5, high: 5, source: page 8}\n"
        "  - {name: words, label_en: W, label_vi: W, changes: settings, function: 16, "
        "address: 1, values: [10, 0x102], source: page 9}\n"
        "  - {name: coils, label_en: C, label_vi: C, changes: settings, function: 15, "
        "address: 0x13, values: [1, 0, 1, 1, 0, 0, 1, 1, 1, 0], source: page 10}\n";

const char probe_commands[] =
        "  - {name: calibrate, label_en: C, label_vi: C, changes: calibration, low: 0, "
        "high: 500, unit: ppb, send: '{address}cal {value}\\r', done: ['cal {_} "
        "ok\\r'], "
        "refused: ['cal {_} too high\\r'], source: page 5}\n"
        "  - {name: set_date, label_en: D, label_vi: D, changes: clock, disturbs: no, "
        "clock: 'MM-DD-YY hh:mm', send: '{address}date {value}\\r', done: ['date {_} "
        "ok\\r'], source: page 6}\n"
        "  - {name: check, label_en: K, label_vi: K, changes: mode, timeout: 2s, send: "
        "'${address}check*{check}\\r', done: ['$ok*{check}\\r'], source: page 7}\n"
        "  - {name: adjust, label_en: A, label_vi: A, changes: zero, send: "
        "'{address}adjust\\r', done: ['o3 {_} ppb\\r'], source: page 8}\n";

static char *joined(const char *head, const char *commands)
{
	char *text = NULL;
	if (asprintf(&text, "%scommands:\n%s", head, commands) < 0)
		fail();
	return text;
}

char *command_gas(const char *commands)
{
	return joined(gas, commands);
}

char *command_probe(const char *commands)
{
	return joined(probe, commands);
}

struct profile *command_profile(char *text)
{
	struct profile *profile;
	struct problem why;
	int status =
	        profile_parse(&profile, text, strlen(text), "it.yaml", stderr, &why);
	free(text);
	if (status != OK)
		fail_msg("%s", why.text);
	return profile;
}

void command_complaint(char *text, const char *what)
{
	struct profile *profile;
	struct problem why;
	char *said = NULL;
	size_t n;
	FILE *report = open_memstream(&said, &n);
	int status =
	        profile_parse(&profile, text, strlen(text), "it.yaml", report, &why);
	fclose(report);
	free(text);
	profile_free(profile);
	if (status == OK)
		fail_msg("nobody complains: %s", what);
	assert_contains(said, what);
	assert_contains(said, "it.yaml:");
	assert_contains(said, "hint: ");
	free(said);
}

struct instrument command_instrument(const struct profile *profile)
{
	return (struct instrument){ .id = "it",
		.profile = profile,
		.slave = 17,
		.address = profile->address,
		.utc_offset_min = 420 };
}

const char *command_sent(const struct instrument *instrument, const char *name,
        const char *value, uint8_t out[COMMAND_MOST])
{
	static char hex[3 * COMMAND_MOST + 8];
	struct problem why = { .text = "" };
	const struct command_order order = { .instrument = instrument,
		.command = (size_t)command_find(instrument->profile, name),
		.value = value,
		.time_us = COMMAND_NOON,
		.number = 0x1234 };
	int n = command_request(&order, out, &why);
	if (n < 0)
		return strcpy(hex, why.text);
	command_hex(out, (size_t)n, hex, sizeof hex);
	return hex;
}

struct command_asked command_ask(
        const struct instrument *instrument, const char *name, const char *value)
{
	struct problem why;
	struct command_asked asked = { .order = { .instrument = instrument,
		                               .command = (size_t)command_find(
		                                       instrument->profile, name),
		                               .value = value } };
	assert_true(command_request(&asked.order, asked.request, &why) > 0);
	return asked;
}

int command_answer(const struct command_asked *asked, const void *in, size_t n,
        struct command_outcome *out)
{
	const struct command_bytes bytes = { in, n };
	return asked->order.instrument->profile->driver->command->answer(
	        &asked->order, asked->request, &bytes, out);
}
