/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Which of the models that are known has the registers that a slave answers for: every
 * block of a profile must be answered, and some of its numbers lie within the range.  Several may; which of
 * them it is tells the display.
 */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/units.h"
#include "cli/serial_probe.h"
#include "sensors/tables/profile.h"
#include "sensors/tables/settings.h"
#include "sensors/tables/values.h"

#define ASKED_MOST 256 /* different blocks of all profiles */

/* What came for a block; profiles share many. */
struct block_asked {
	uint16_t function, start, count;
	bool answered;
	size_t n;
	uint8_t frame[MODBUS_FRAME];
};

struct matching {
	struct prober *prober;
	uint8_t slave;
	size_t n;
	struct block_asked *asked; /* [ASKED_MOST] */
	struct problem *why;
};

static int ask_block(struct matching *matching, const struct modbus_request *request,
        struct block_asked **out)
{
	struct prober *prober = matching->prober;
	for (size_t i = 0; i < matching->n; i++) {
		*out = &matching->asked[i];
		if ((*out)->function == request->function &&
		        (*out)->start == request->start &&
		        (*out)->count == request->count)
			return OK;
	}
	if (matching->n == ASKED_MOST)
		return FULL;
	int status = prober_ask(prober, request, matching->why);
	if (status != OK)
		return status;
	const struct asked *asked = &prober->asked;
	*out = &matching->asked[matching->n++];
	**out = (struct block_asked){ .function = request->function,
		.start = request->start,
		.count = request->count,
		.answered = asked->outcome == OK };
	if (!(*out)->answered || asked->answer_size > sizeof(*out)->frame)
		return OK;
	(*out)->n = asked->answer_size;
	memcpy((*out)->frame, asked->came + asked->answer_at, asked->answer_size);
	return OK;
}

/* The exchanges of one poll of a profile; NOT_FOUND: a block is not answered for. */
static int poll_once(struct matching *matching, const struct instrument *instrument,
        struct exchanges *out, uint8_t *bytes, size_t room)
{
	size_t used = 0;
	for (size_t b = 0; b < instrument->profile->n_blocks; b++) {
		struct modbus_request request = modbus_block_request(instrument, b);
		struct block_asked *asked;
		/* as was announced: nothing but 3 and 4 */
		if (request.function != 3 && request.function != 4)
			return NOT_FOUND;
		int status = ask_block(matching, &request, &asked);
		if (status != OK)
			return status;
		const struct exchange exchange = { .block = (uint16_t)b,
			.size = (uint16_t)asked->n,
			.bytes = asked->frame };
		int n = asked->answered
		                ? exchange_put(&exchange, bytes + used, room - used)
		                : FAILED;
		if (n < 0)
			return NOT_FOUND;
		used += (size_t)n;
	}
	*out = (struct exchanges){
		.n = instrument->profile->n_blocks, .size = used, .bytes = bytes
	};
	return OK;
}

/* ---- one profile ---- */

static struct channel_setting *settings_of(const struct profile *profile)
{
	struct channel_setting *setting =
	        calloc(profile->n_channels + 1, sizeof *setting);
	for (size_t i = 0; setting != NULL && i < profile->n_channels; i++) {
		setting[i].low = profile->channel[i].about.low;
		setting[i].high = profile->channel[i].about.high;
	}
	return setting;
}

/* A number that an empty register or a dead input gives says nothing of the model: what a raw 0 comes to
 * (-20 mA of some modules), and the ends of the range. */
static bool tells_something(const struct profile_channel *channel, double value)
{
	return value != 0 && value != channel->tag.offset &&
	       value != channel->about.low && value != channel->about.high;
}

/* Channels with a value in range; a setting may be any number, and says nothing. */
static void judge(const struct profile *profile, const struct decoded *decoded,
        struct prober_match *out)
{
	for (size_t i = 0; i < profile->n_channels; i++) {
		if (settings_is(profile, i))
			continue;
		bool in_range = decoded->state[i] == STATE_OK;
		out->channels++;
		out->in_range += in_range;
		out->telling += in_range && tells_something(&profile->channel[i],
		                                    decoded->value[i]);
		if (isfinite(decoded->value[i]) && out->shown < PROBER_SHOWN)
			out->value[out->shown++] = (struct prober_value){ .channel = i,
				.value = decoded->value[i] };
	}
}

static int try_profile(struct matching *matching, const struct profile *profile,
        struct prober_match *out)
{
	static struct decoded decoded;
	static uint8_t bytes[BLOCKS_MOST * (MODBUS_FRAME + 16)];
	struct channel_setting *setting = settings_of(profile);
	const struct instrument instrument = { .id = profile->name,
		.profile = profile,
		.framing = matching->prober->talk.setting.framing,
		.slave = matching->slave,
		.address = "",
		.setting = setting };
	struct exchanges exchanges;
	*out = (struct prober_match){ 0 };
	if (setting == NULL)
		return NOT_FOUND;
	int status = poll_once(matching, &instrument, &exchanges, bytes, sizeof bytes);
	if (status == OK) {
		values_decode(&instrument, &exchanges, NULL, NULL, &decoded);
		judge(profile, &decoded, out);
	}
	free(setting);
	return status;
}

/* ---- all of them ---- */

static int better(const void *a, const void *b)
{
	const struct prober_match *one = a, *other = b;
	size_t left = one->telling * other->channels,
	       right = other->telling * one->channels;
	if (left != right)
		return left > right ? -1 : 1;
	return one->channels > other->channels ? -1 : one->channels < other->channels;
}

int prober_match(struct prober *prober, uint8_t slave, struct problem *why)
{
	struct matching matching = { .prober = prober, .slave = slave, .why = why };
	size_t n;
	const char **names = profile_names(profile_folder(), &n);
	int status = OK;
	matching.asked = calloc(ASKED_MOST, sizeof matching.asked[0]);
	for (size_t i = 0; names != NULL && matching.asked != NULL && i < n &&
	                   status == OK && prober->n_matches < PROBER_MATCHES;
	        i++) {
		struct profile *profile;
		struct problem ignored;
		struct prober_match *match = &prober->match[prober->n_matches];
		if (profile_find(&profile, names[i], NULL, NULL, &ignored) != OK)
			continue;
		int found = NOT_FOUND;
		/* no wire leads to a map that was made up */
		if (profile->driver->modbus &&
		        (!profile->simulation || prober->port.pty))
			found = try_profile(&matching, profile, match);
		status = found == HUNG_UP || found == REFUSED ? found : OK;
		match->profile = profile;
		if (found == OK && match->telling > 0)
			prober->n_matches++;
		else
			profile_free(profile);
		prober_step(prober,
		        prober->vietnamese ? "đang so kiểu máy" : "comparing models",
		        (double)i / (double)n);
	}
	prober_step_end(prober);
	qsort(prober->match, prober->n_matches, sizeof prober->match[0], better);
	free(matching.asked);
	free(names);
	return status;
}

void prober_matches_print(const struct prober *prober, uint8_t slave)
{
	bool vi = prober->vietnamese;
	if (prober->n_matches == 0) {
		printf(vi ? "\nKhông kiểu máy nào đã biết có các thanh ghi như thiết "
		            "bị %d.\n"
		          : "\nNo model that is known has the registers of slave %d.\n",
		        slave);
		return;
	}
	printf(vi ? "\nCác kiểu máy có thể là thiết bị %d (so với màn hình thiết bị):\n"
	          : "\nModels that slave %d may be (compare with its display):\n",
	        slave);
	for (size_t i = 0; i < prober->n_matches; i++) {
		const struct prober_match *match = &prober->match[i];
		printf("  %s (%zu/%zu):", match->profile->name, match->in_range,
		        match->channels);
		for (size_t k = 0; k < match->shown; k++) {
			const struct channel *about =
			        &match->profile->channel[match->value[k].channel].about;
			const char *unit = units_shown(about->unit);
			printf(" %s=%.*f%s%s", about->name, about->decimals,
			        match->value[k].value, unit[0] != '\0' ? " " : "",
			        unit);
		}
		putchar('\n');
	}
}
