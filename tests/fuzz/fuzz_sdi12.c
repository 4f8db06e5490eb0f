/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Answers of SDI-12: refused, or whole with values that are numbers; and a talk always ends.  The first byte
 * says what was asked. */
#include <assert.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/status.h"
#include "sensors/drivers/sdi12_talk.h"
#include "sensors/tables/driver.h"
#include "tests/fuzz/fuzz_kit.h"

static void answer(int kind, bool check, const uint8_t *in, size_t n)
{
	struct sdi12_expected expected = { '0', kind, check };
	struct sdi12_value value[SDI12_VALUES];
	int length = sdi12_answer_frame(&expected, in, n);
	assert(length <= (int)n && length <= SDI12_LINE);
	if (length <= 0)
		return;
	for (size_t cut = 0; cut < (size_t)length; cut++)
		assert(sdi12_answer_frame(&expected, in, cut) == FRAME_SHORT);
	if (kind != SDI12_DATA)
		return;
	int count = sdi12_values_get(in, (size_t)length, value, SDI12_VALUES);
	assert(count >= 0);
	for (int i = 0; i < count; i++) {
		char text[16] = "", *end;
		memcpy(text, value[i].at, value[i].n);
		assert(isfinite(strtod(text, &end)) && *end == '\0');
	}
}

static void talk(const char *command, bool check, const uint8_t *in, size_t n)
{
	struct sdi12_talk talk;
	struct sdi12_collected collected = { 0 };
	int next = SDI12_GO_ON;
	sdi12_talk_begin(&talk, '0', command, check);
	for (int steps = 0; next != SDI12_DONE; steps++) {
		uint8_t out[16];
		assert(steps < SDI12_TRIES * 12);
		assert((sdi12_talk_ask(&talk, out, sizeof out) == 0) ==
		        (talk.step == SDI12_WAIT));
		int length = sdi12_talk_frame(&talk, in, n);
		if (length > 0) {
			next = sdi12_talk_take(&talk, in, (size_t)length);
			assert(sdi12_collect(&collected, in, (size_t)length) == OK);
			assert(collected.n <= SDI12_VALUES);
			in += length;
			n -= (size_t)length;
		} else {
			next = sdi12_talk_missed(&talk);
		}
	}
	if (command[0] != 'R' && collected.announced_known)
		assert(collected.n <= collected.announced);
}

int LLVMFuzzerTestOneInput(const uint8_t *in, size_t n)
{
	static const char *const command[] = { "M", "C", "R0", "M1" };
	struct sdi12_collected collected = { 0 };
	if (n == 0)
		return 0;
	bool check = in[0] & 1;
	answer(in[0] >> 1 & 3, check, in + 1, n - 1);
	answer(SDI12_DATA, check, in + 1, n - 1);
	talk(command[in[0] >> 3 & 3], check, in + 1, n - 1);
	sdi12_collect(&collected, in + 1, n - 1);
	sdi12_command_frame(in + 1, n - 1);
	return 0;
}
