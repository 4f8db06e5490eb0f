/* SPDX-License-Identifier: GPL-3.0-or-later */
/* An answer or a request of Bayern-Hessen: refused, or whole, sound, and with values that are numbers. */
#include <assert.h>
#include <math.h>
#include <string.h>

#include "base/status.h"
#include "sensors/drivers/bayern_hessen_frame.h"
#include "sensors/tables/driver.h"
#include "tests/fuzz/fuzz_kit.h"

static void value(struct bayern_token token)
{
	char text[9];
	double number = bayern_value_get(token.at, token.n);
	assert(isfinite(number));
	bayern_value_put(number, text);
	if (fabs(number) > 1e-98)
		assert(bayern_value_get(text, 8) == number);
}

static void answer(int form, const uint8_t *in, size_t n)
{
	struct bayern_answer out;
	const char *why;
	int length = bayern_answer_frame(form, in, n);
	assert(length <= (int)n);
	if (length <= 0)
		return;
	assert(bayern_answer_get(form, in, (size_t)length, &out, &why) == OK);
	assert(out.n <= BAYERN_RECORDS);
	for (size_t i = 0; i < out.n; i++) {
		assert(out.record[i].value.at > (const char *)in);
		assert(out.record[i].serial.at + out.record[i].serial.n <
		        (const char *)in + length);
		value(out.record[i].value);
	}
	for (int cut = 0; cut < length; cut++)
		assert(bayern_answer_frame(form, in, (size_t)cut) == FRAME_SHORT);
}

static void request(const uint8_t *in, size_t n)
{
	struct bayern_request out;
	uint8_t again[16];
	int length = bayern_request_get(in, n, &out);
	assert(length <= (int)n);
	if (length <= 0)
		return;
	assert(bayern_request_put(out.form, out.address, again, sizeof again) ==
	        length);
	assert(memcmp(again, in, (size_t)length) == 0);
}

int LLVMFuzzerTestOneInput(const uint8_t *in, size_t n)
{
	answer(BAYERN_ETX, in, n);
	answer(BAYERN_CR, in, n);
	request(in, n);
	return 0;
}
