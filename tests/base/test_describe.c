/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A DESCRIBE comes back to the bit, whatever its texts hold and however long they are. */
#include "tests/kits/check.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/bytes.h"
#include "base/digest.h"
#include "base/reading.h"
#include "tests/kits/describe_kit.h"
#include "tests/kits/documented.h"

/* The example of docs/quantrac-record.md. */
static const char example[] =
        "{\"v\":1,\"kind\":\"station\",\"origin\":\"instrument\",\"station\":\"tram-"
        "01\","
        "\"zone\":\"kcn-mau\",\"zone_name\":\"KCN Mẫu\",\"station_name\":\"Trạm 1\","
        "\"role\":\"A\",\"latitude\":20.75,\"utc_offset_min\":420,"
        "\"instruments\":[{\"instrument\":\"cod\",\"hash\":"
        "\"1111111111111111111111111111111111111111111111111111111111111111\"}]}";

static void the_text_is_the_documented_one(void **state)
{
	struct describe *d = described_station();
	uint8_t hash[DIGEST_SIZE];
	int n = describe_encode(d, described, sizeof described);
	assert_int_equal(n, 8 + strlen(example));
	assert_int_equal(get_le32(described), 0);
	assert_int_equal(get_le32(described + 4), strlen(example));
	assert_memory_equal(described + 8, example, strlen(example));
	check_documented_text("quantrac-record.md", "## DESCRIBE", example);
	digest_of(example, strlen(example), hash);
	assert_memory_equal(d->hash, hash, sizeof hash);
	describe_free(d);
}

static void an_instrument_comes_back_to_the_bit(void **state)
{
	struct describe *d = described_instrument();
	int n = describe_encode(d, described, sizeof described);
	assert_true(n > 0);
	struct describe *got = described_again(n);
	assert_memory_equal(got->hash, d->hash, DIGEST_SIZE);
	assert_int_equal(got->kind, DESCRIBE_INSTRUMENT);
	assert_true(describe_simulated(got));
	assert_string_equal(got->station, "tram-01");
	assert_string_equal(got->instrument, "cod");
	assert_string_equal(got->zone_name, "KCN Mẫu");
	assert_string_equal(got->maker, "");
	assert_string_equal(got->profile, d->profile);
	assert_string_equal(got->settings, d->settings);
	assert_true(got->poll_every_s == 60);
	assert_true(isnan(got->latitude));
	assert_string_equal(got->station_name, "");
	assert_int_equal(got->n_channels, 2);
	assert_string_equal(got->channel[0].label_vi, "Nhu cầu oxy hoá học");
	assert_string_equal(got->channel[0].label_en, "");
	assert_true(bits_of_double(got->channel[0].low) == bits_of_double(-0.0));
	assert_true(got->channel[0].result_every_s == 1.0 / 3);
	assert_true(got->channel[1].accuracy_absolute == 5e-324);
	assert_true(got->channel[1].high == 1.7976931348623157e308);
	assert_true(isnan(got->channel[1].low));
	assert_int_equal(got->channel[1].decimals, -1);
	assert_int_equal(describe_channel(got, "cod_raw"), 1);
	assert_int_equal(describe_channel(got, "nothing"), NOT_FOUND);
	describe_free(got);
	describe_free(d);
}

static void a_station_comes_back(void **state)
{
	struct describe *d = described_station();
	struct describe *got =
	        described_again(describe_encode(d, described, sizeof described));
	assert_int_equal(got->kind, DESCRIBE_STATION);
	assert_false(describe_simulated(got));
	assert_int_equal(got->n_instruments, 1);
	assert_string_equal(got->part[0].instrument, "cod");
	assert_string_equal(got->part[0].hash, d->part[0].hash);
	assert_int_equal(got->utc_offset_min, 420);
	assert_true(got->latitude == 20.75 && isnan(got->longitude));
	describe_free(got);
	describe_free(d);
}

static void texts_of_any_kind_come_back(void **state)
{
	static const char *const texts[] = { "Đo nồng độ bụi – ống khói", "yes", "null",
		"1.5", "~", " leading and trailing ", "two\nlines\r\n\ttab",
		"quote \" and \\ slash", "# no comment: {a: [b]}", "\x01\x1f\x7f",
		"NEL \xc2\x85 LS \xe2\x80\xa8 end", "😀 beyond the first plane",
		"\xef\xbb\xbf mark", "\xef\xbf\xbe", "'", "- a\n- b" };
	for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++) {
		struct describe *d = described_station();
		d->station_name = texts[i];
		struct describe *got = described_again(
		        describe_encode(d, described, sizeof described));
		assert_string_equal(got->station_name, texts[i]);
		describe_free(got);
		describe_free(d);
	}
}

static void bytes_that_are_no_text_are_marked(void **state)
{
	struct describe *d = described_station();
	d->station_name = "Tr\xfam 1 \xe1\xba";
	struct describe *got =
	        described_again(describe_encode(d, described, sizeof described));
	assert_string_equal(got->station_name, "Tr\uFFFDm 1 \uFFFD\uFFFD");
	describe_free(got);
	describe_free(d);
}

static void a_text_too_long_is_deflated_and_comes_back(void **state)
{
	char *profile = described_profile(900000, false);
	int n = described_with(profile);
	assert_true(n > 0 && n <= DESCRIBE_MOST);
	assert_int_equal(described[0], 1);
	assert_true(get_le32(described + 4) > 900000);
	struct describe *got = described_again(n);
	assert_string_equal(got->profile, profile);
	describe_free(got);
	free(profile);
}

static void the_longest_plain_text_is_plain_and_one_more_is_deflated(void **state)
{
	char *profile = described_profile(60000, false);
	profile[1000] = '\0';
	size_t rest = (size_t)described_with(profile) - 1000;
	profile[1000] = profile[0];
	profile[DESCRIBE_MOST - rest] = '\0';
	assert_int_equal(described_with(profile), DESCRIBE_MOST);
	assert_int_equal(described[0], 0);
	describe_free(described_again(DESCRIBE_MOST));
	profile[DESCRIBE_MOST - rest] = 'x';
	profile[DESCRIBE_MOST - rest + 1] = '\0';
	int n = described_with(profile);
	assert_true(n > 0 && n < DESCRIBE_MOST);
	assert_int_equal(described[0], 1);
	describe_free(described_again(n));
	free(profile);
}

static void what_does_not_fit_is_refused(void **state)
{
	char *profile = described_profile(100000, true);
	assert_int_equal(described_with(profile), REFUSED);
	free(profile);
	profile = described_profile(1100000, false);
	assert_int_equal(described_with(profile), REFUSED);
	free(profile);
	struct describe *d = described_instrument();
	int n = describe_encode(d, described, sizeof described);
	assert_int_equal(describe_encode(d, described, (size_t)n - 1), FULL);
	assert_int_equal(describe_encode(d, described, (size_t)n), n);
	assert_int_equal(describe_channels(d, READING_CHANNELS + 1), REFUSED);
	assert_int_equal(describe_channels(d, READING_CHANNELS), OK);
	describe_free(d);
}

static void texts_may_be_copied(void **state)
{
	char text[] = "Trạm 1";
	struct describe *d = described_station();
	d->station_name = describe_text(d, text);
	text[0] = 'x';
	assert_string_equal(d->station_name, "Trạm 1");
	assert_string_equal(describe_text(d, NULL), "");
	describe_free(d);
	describe_free(NULL);
}

int main(void)
{
	const struct CMUnitTest describe[] = {
		cmocka_unit_test(the_text_is_the_documented_one),
		cmocka_unit_test(an_instrument_comes_back_to_the_bit),
		cmocka_unit_test(a_station_comes_back),
		cmocka_unit_test(texts_of_any_kind_come_back),
		cmocka_unit_test(bytes_that_are_no_text_are_marked),
		cmocka_unit_test(a_text_too_long_is_deflated_and_comes_back),
		cmocka_unit_test(
		        the_longest_plain_text_is_plain_and_one_more_is_deflated),
		cmocka_unit_test(what_does_not_fit_is_refused),
		cmocka_unit_test(texts_may_be_copied),
	};
	return cmocka_run_group_tests_name("describe", describe, NULL, NULL);
}
