/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What a running cabinet still holds of its configuration. */
#include "tests/kits/check.h"
#include "tests/kits/station_head.h"

#include <string.h>

#include "base/digest.h"
#include "base/record.h"
#include "sensors/station/station.h"

static const char text[] =
        STATION_HEAD "ports: [{id: bus, path: /dev/modbus0, line: 9600 8N1}]\n"
                     "instruments:\n"
                     "  - {id: in, profile: sim-water-quality, port: bus, slave: 1}\n"
                     "  - id: out\n"
                     "    profile: sim-water-quality\n"
                     "    port: bus\n"
                     "    slave: 2\n"
                     "    channels: [{name: cod, range: 0..450 mg/L}]\n"
                     "  - {id: flow, profile: sim-flow, port: bus, slave: 3}\n";

static struct station *parse(void)
{
	struct station *station;
	struct problem why = { .text = "" };
	if (station_parse(&station, text, sizeof text - 1, "station.yaml", stderr,
	            &why) != OK)
		fail_msg("%s", why.text);
	return station;
}

static void describe_all(const struct station *station, uint8_t hash[3][DIGEST_SIZE])
{
	uint8_t payload[DESCRIBE_MOST];
	assert_int_equal(station->n_instruments, 3);
	for (size_t i = 0; i < 3; i++) {
		struct describe *one = station_describe_instrument(station, i);
		assert_non_null(one);
		assert_true(describe_encode(one, payload, sizeof payload) > 0);
		memcpy(hash[i], one->hash, DIGEST_SIZE);
		describe_free(one);
	}
}

/* ASan finds whoever still looks at the text. */
static void settled_it_says_the_same(void **state)
{
	struct station *station = parse();
	uint8_t before[3][DIGEST_SIZE], after[3][DIGEST_SIZE];
	describe_all(station, before);
	assert_true(config_line(station->config, "instruments[1].slave") > 0);
	station_settle(station);
	assert_int_equal(config_line(station->config, "instruments[1].slave"), 0);
	assert_null(config_as_json(station->config));
	describe_all(station, after);
	assert_memory_equal(before, after, sizeof before);
	assert_string_equal(station->instrument[1].id, "out");
	assert_string_equal(station->port[0].line_text, "9600 8N1");
	station_settle(station);
	station_free(station);
}

static void instruments_of_one_model_share_its_profile(void **state)
{
	struct station *station = parse();
	const struct station_instrument *in = &station->instrument[0],
	                                *out = &station->instrument[1];
	assert_ptr_equal(in->profile, out->profile);
	assert_ptr_not_equal(in->profile, station->instrument[2].profile);
	/* and yet each has its own ranges */
	assert_close(out->channel_setting[0].high, 450, 0);
	assert_close(
	        in->channel_setting[0].high, in->profile->channel[0].about.high, 0);
	assert_true(in->channel_setting[0].high < 450);
	station_free(station);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(settled_it_says_the_same),
		cmocka_unit_test(instruments_of_one_model_share_its_profile),
	};
	return cmocka_run_group_tests_name("station_settled", tests, NULL, NULL);
}
