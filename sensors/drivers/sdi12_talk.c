/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "sensors/drivers/sdi12_talk.h"

#include <stdio.h>
#include <string.h>

#include "base/status.h"
#include "sensors/tables/driver.h"

#define DATA_MOST 10 /* D0 to D9 */

bool sdi12_is_measurement(const char *command)
{
	size_t n = strlen(command);
	if (n < 1 || n > 2 || strchr("MCR", command[0]) == NULL)
		return false;
	if (command[0] == 'R')
		return n == 2 && command[1] >= '0' && command[1] <= '9';
	return n == 1 || (command[1] >= '1' && command[1] <= '9');
}

void sdi12_talk_begin(
        struct sdi12_talk *talk, char address, const char *command, bool check)
{
	*talk = (struct sdi12_talk){ .address = address, .check = check };
	snprintf(talk->command, sizeof talk->command, "%s", command);
	if (command[0] == 'R') {
		talk->step = SDI12_FETCH;
		talk->announced = SDI12_VALUES;
	}
}

static bool is_continuous(const struct sdi12_talk *talk)
{
	return talk->command[0] == 'R';
}

size_t sdi12_talk_ask(const struct sdi12_talk *talk, uint8_t *out, size_t room)
{
	char text[8];
	int n = 0;
	if (talk->step == SDI12_START || is_continuous(talk)) /* aMC1!, aRC0! */
		n = snprintf(text, sizeof text, "%c%c%s%s!", talk->address,
		        talk->command[0], talk->check ? "C" : "", talk->command + 1);
	else if (talk->step == SDI12_FETCH)
		n = snprintf(text, sizeof text, "%cD%u!", talk->address, talk->data);
	if (n <= 0 || (size_t)n > room)
		return 0;
	memcpy(out, text, (size_t)n);
	return (size_t)n;
}

struct sdi12_expected sdi12_talk_expects(const struct sdi12_talk *talk)
{
	struct sdi12_expected expected = { .address = talk->address,
		.check = talk->check };
	if (talk->step == SDI12_WAIT)
		expected.kind = SDI12_ALIVE;
	else if (talk->step == SDI12_FETCH)
		expected.kind = SDI12_DATA;
	else
		expected.kind =
		        talk->command[0] == 'C' ? SDI12_CONCURRENT : SDI12_MEASURE;
	return expected;
}

int sdi12_talk_frame(const struct sdi12_talk *talk, const uint8_t *in, size_t n)
{
	struct sdi12_expected expected = sdi12_talk_expects(talk);
	struct sdi12_value value[SDI12_VALUES];
	int length = sdi12_answer_frame(&expected, in, n);
	if (length <= 0 || expected.kind != SDI12_DATA)
		return length;
	int count = sdi12_values_get(in, (size_t)length, value, SDI12_VALUES);
	return talk->got + (unsigned)count > talk->announced ? FRAME_NONE : length;
}

static int take_announcement(struct sdi12_talk *talk, const uint8_t *in, size_t n)
{
	struct sdi12_measure measure;
	if (sdi12_measure_get(in, n, &measure) != OK)
		return SDI12_DONE;
	talk->seconds = measure.seconds;
	talk->announced = measure.values;
	talk->got = talk->data = 0;
	if (measure.values == 0)
		return SDI12_DONE;
	talk->step = SDI12_FETCH;
	if (measure.seconds == 0)
		return SDI12_GO_ON;
	if (talk->command[0] == 'C')
		return SDI12_LATER;
	talk->step = SDI12_WAIT;
	return SDI12_LISTEN;
}

static int take_values(struct sdi12_talk *talk, const uint8_t *in, size_t n)
{
	struct sdi12_value value[SDI12_VALUES];
	int count = sdi12_values_get(in, n, value, SDI12_VALUES);
	if (is_continuous(talk))
		return SDI12_DONE;
	if (count <= 0) {
		talk->step = SDI12_START;
		return ++talk->tries < SDI12_TRIES ? SDI12_GO_ON : SDI12_DONE;
	}
	talk->got += (unsigned)count;
	talk->data++;
	return talk->got < talk->announced && talk->data < DATA_MOST ? SDI12_GO_ON
	                                                             : SDI12_DONE;
}

bool sdi12_talk_gives_up(const struct sdi12_talk *talk, const uint8_t *in, size_t n)
{
	struct sdi12_value value[SDI12_VALUES];
	return talk->step == SDI12_FETCH && !is_continuous(talk) &&
	       talk->tries + 1 >= SDI12_TRIES &&
	       sdi12_values_get(in, n, value, SDI12_VALUES) == 0;
}

int sdi12_talk_take(struct sdi12_talk *talk, const uint8_t *in, size_t n)
{
	if (talk->step == SDI12_START)
		return take_announcement(talk, in, n);
	if (talk->step == SDI12_FETCH)
		return take_values(talk, in, n);
	talk->step = SDI12_FETCH;
	return SDI12_GO_ON;
}

int sdi12_talk_missed(struct sdi12_talk *talk)
{
	if (talk->step != SDI12_WAIT)
		return SDI12_DONE;
	talk->step = SDI12_FETCH;
	return SDI12_GO_ON;
}

/* ---- out of a record ---- */

int sdi12_collect(struct sdi12_collected *collected, const uint8_t *in, size_t n)
{
	struct sdi12_measure measure;
	if (sdi12_measure_get(in, n, &measure) == OK) {
		*collected = (struct sdi12_collected){ .announced_known = true,
			.announced = measure.values,
			.announcements = collected->announcements + 1 };
		return OK;
	}
	if (sdi12_version_get(in, n) >= 0)
		return OK;
	int count = sdi12_values_get(
	        in, n, collected->value + collected->n, SDI12_VALUES - collected->n);
	if (count < 0)
		return MALFORMED;
	collected->empty = count == 0;
	collected->n += (size_t)count;
	return OK;
}

bool sdi12_complete(const struct sdi12_collected *collected)
{
	return !collected->announced_known || collected->n == collected->announced;
}
