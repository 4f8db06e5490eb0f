/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tests/kits/check.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/bytes.h"
#include "base/describe.h"
#include "base/digest.h"
#include "base/reading.h"
#include "tests/kits/documented.h"

static uint8_t payload[DESCRIBE_MOST];

static struct describe *good_instrument(void)
{
	struct describe *d = describe_new(DESCRIBE_INSTRUMENT);
	d->origin = ORIGIN_SIMULATION;
	strcpy(d->station, "tram-01");
	strcpy(d->instrument, "cod");
	d->zone = "kcn-mau";
	d->zone_name = "KCN Mẫu";
	d->model = "modbus-tss-cod";
	d->poll_every_s = 60;
	d->profile = "registers:\n\t- { at: 40001, name: \"cod\" }\n";
	d->settings = "{\"slave\":3}";
	assert_int_equal(describe_channels(d, 2), OK);
	d->channel[0].name = "cod";
	d->channel[0].label_vi = "Nhu cầu oxy hoá học";
	d->channel[0].unit = "mg/L";
	d->channel[0].low = -0.0;
	d->channel[0].high = 200;
	d->channel[0].resolution = 0.1;
	d->channel[0].result_every_s = 1.0 / 3;
	d->channel[0].decimals = 1;
	d->channel[1].name = "cod_raw";
	d->channel[1].accuracy_absolute = 5e-324;
	d->channel[1].high = 1.7976931348623157e308;
	d->channel[1].decimals = -1;
	return d;
}

/* The example of docs/quantrac-record.md. */
static const char example[] =
        "{\"v\":1,\"kind\":\"station\",\"origin\":\"instrument\",\"station\":\"tram-"
        "01\","
        "\"zone\":\"kcn-mau\",\"zone_name\":\"KCN Mẫu\",\"station_name\":\"Trạm 1\","
        "\"role\":\"A\",\"latitude\":20.75,\"utc_offset_min\":420,"
        "\"instruments\":[{\"instrument\":\"cod\",\"hash\":"
        "\"1111111111111111111111111111111111111111111111111111111111111111\"}]}";

static struct describe *good_station(void)
{
	struct describe *d = describe_new(DESCRIBE_STATION);
	strcpy(d->station, "tram-01");
	d->zone = "kcn-mau";
	d->zone_name = "KCN Mẫu";
	d->station_name = "Trạm 1";
	d->role = "A";
	d->latitude = 20.75;
	d->utc_offset_min = 420;
	assert_int_equal(describe_parts(d, 1), OK);
	strcpy(d->part[0].instrument, "cod");
	memset(d->part[0].hash, '1', 64);
	return d;
}

static void the_text_is_the_documented_one(void **state)
{
	struct describe *d = good_station();
	uint8_t hash[DIGEST_SIZE];
	int n = describe_encode(d, payload, sizeof payload);
	assert_int_equal(n, 8 + strlen(example));
	assert_int_equal(get_le32(payload), 0);
	assert_int_equal(get_le32(payload + 4), strlen(example));
	assert_memory_equal(payload + 8, example, strlen(example));
	check_documented_text("quantrac-record.md", "## DESCRIBE", example);
	digest_of(example, strlen(example), hash);
	assert_memory_equal(d->hash, hash, sizeof hash);
	describe_free(d);
}

/* Decode, encode again: the same bytes and the same hash. */
static struct describe *again(int n)
{
	static uint8_t second[DESCRIBE_MOST];
	struct describe *got;
	struct problem why = { 0 };
	if (describe_decode(&got, payload, (size_t)n, &why) != OK)
		fail_msg("%s", why.text);
	uint8_t hash[DIGEST_SIZE];
	memcpy(hash, got->hash, sizeof hash);
	assert_int_equal(describe_encode(got, second, sizeof second), n);
	assert_memory_equal(second, payload, (size_t)n);
	assert_memory_equal(got->hash, hash, sizeof hash);
	return got;
}

static void an_instrument_comes_back_to_the_bit(void **state)
{
	struct describe *d = good_instrument();
	int n = describe_encode(d, payload, sizeof payload);
	assert_true(n > 0);
	struct describe *got = again(n);
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
	struct describe *d = good_station();
	struct describe *got = again(describe_encode(d, payload, sizeof payload));
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
		struct describe *d = good_station();
		d->station_name = texts[i];
		struct describe *got =
		        again(describe_encode(d, payload, sizeof payload));
		assert_string_equal(got->station_name, texts[i]);
		describe_free(got);
		describe_free(d);
	}
}

static void bytes_that_are_no_text_are_marked(void **state)
{
	struct describe *d = good_station();
	d->station_name = "Tr\xfam 1 \xe1\xba";
	struct describe *got = again(describe_encode(d, payload, sizeof payload));
	assert_string_equal(got->station_name, "Tr\uFFFDm 1 \uFFFD\uFFFD");
	describe_free(got);
	describe_free(d);
}

/* `n` characters of a profile that deflates well, or not at all. */
static char *profile_of(size_t n, bool noise)
{
	char *text = malloc(n + 1);
	uint64_t seed = 5;
	for (size_t i = 0; i < n; i++)
		text[i] =
		        noise ? (char)('!' + chance(&seed) % 90) : "register: "[i % 10];
	text[n] = '\0';
	return text;
}

static int encode_profile(const char *profile)
{
	struct describe *d = good_instrument();
	d->profile = profile;
	int n = describe_encode(d, payload, sizeof payload);
	describe_free(d);
	return n;
}

static void a_text_too_long_is_deflated_and_comes_back(void **state)
{
	char *profile = profile_of(900000, false);
	int n = encode_profile(profile);
	assert_true(n > 0 && n <= DESCRIBE_MOST);
	assert_int_equal(payload[0], 1);
	assert_true(get_le32(payload + 4) > 900000);
	struct describe *got = again(n);
	assert_string_equal(got->profile, profile);
	describe_free(got);
	free(profile);
}

static void the_longest_plain_text_is_plain_and_one_more_is_deflated(void **state)
{
	char *profile = profile_of(60000, false);
	profile[1000] = '\0';
	size_t rest = (size_t)encode_profile(profile) - 1000;
	profile[1000] = profile[0];
	profile[DESCRIBE_MOST - rest] = '\0';
	assert_int_equal(encode_profile(profile), DESCRIBE_MOST);
	assert_int_equal(payload[0], 0);
	describe_free(again(DESCRIBE_MOST));
	profile[DESCRIBE_MOST - rest] = 'x';
	profile[DESCRIBE_MOST - rest + 1] = '\0';
	int n = encode_profile(profile);
	assert_true(n > 0 && n < DESCRIBE_MOST);
	assert_int_equal(payload[0], 1);
	describe_free(again(n));
	free(profile);
}

static void what_does_not_fit_is_refused(void **state)
{
	char *profile = profile_of(100000, true);
	assert_int_equal(encode_profile(profile), REFUSED);
	free(profile);
	profile = profile_of(1100000, false);
	assert_int_equal(encode_profile(profile), REFUSED);
	free(profile);
	struct describe *d = good_instrument();
	int n = describe_encode(d, payload, sizeof payload);
	assert_int_equal(describe_encode(d, payload, (size_t)n - 1), FULL);
	assert_int_equal(describe_encode(d, payload, (size_t)n), n);
	assert_int_equal(describe_channels(d, READING_CHANNELS + 1), REFUSED);
	assert_int_equal(describe_channels(d, READING_CHANNELS), OK);
	describe_free(d);
}

static void refuses(struct describe *d)
{
	assert_int_equal(describe_encode(d, payload, sizeof payload), REFUSED);
	describe_free(d);
}

static void ids_must_be_ids(void **state)
{
	struct describe *d = good_instrument();
	strcpy(d->station, "Tram");
	refuses(d);
	d = good_instrument();
	strcpy(d->instrument, "");
	refuses(d);
	d = good_instrument();
	d->channel[1].name = "cod"; /* twice */
	refuses(d);
	d = good_instrument();
	d->channel[1].name = "";
	refuses(d);
	d = good_instrument();
	d->channel[1].decimals = 100;
	refuses(d);
	d = good_station();
	d->part[0].hash[0] = 'x';
	refuses(d);
	d = good_station();
	d->utc_offset_min = 1441;
	refuses(d);
}

static void every_cut_is_refused(void **state)
{
	struct describe *d = good_station(), *got;
	struct problem why;
	int n = describe_encode(d, payload, sizeof payload);
	describe_free(again(n));
	for (int cut = 0; cut < n; cut++) {
		uint8_t *in = malloc((size_t)cut + 1);
		memcpy(in, payload, (size_t)cut);
		assert_int_equal(
		        describe_decode(&got, in, (size_t)cut, &why), MALFORMED);
		assert_null(got);
		/* also with a length that fits */
		if (cut >= 8) {
			put_le32(in + 4, (uint32_t)cut - 8);
			assert_int_equal(describe_decode(&got, in, (size_t)cut, &why),
			        MALFORMED);
		}
		free(in);
	}
	describe_free(d);
}

static void every_flipped_bit_is_refused_or_another_description(void **state)
{
	struct describe *d = good_instrument(), *got;
	struct problem why;
	int n = describe_encode(d, payload, sizeof payload);
	describe_free(again(n));
	for (int bit = 0; bit < 8 * n; bit++) {
		payload[bit / 8] ^= (uint8_t)(1u << bit % 8);
		if (describe_decode(&got, payload, (size_t)n, &why) == OK) {
			assert_memory_not_equal(got->hash, d->hash, DIGEST_SIZE);
			describe_free(got);
			describe_free(again(n));
		}
		payload[bit / 8] ^= (uint8_t)(1u << bit % 8);
	}
	describe_free(d);
}

static void a_flipped_bit_in_a_deflated_text_is_refused(void **state)
{
	struct describe *got;
	struct problem why;
	uint64_t seed = 3;
	char *profile = profile_of(50000, false);
	int n = encode_profile(profile);
	describe_free(again(n));
	for (int round = 0; round < 500; round++) {
		size_t bit = 64 + chance(&seed) % (8 * (size_t)n - 64);
		payload[bit / 8] ^= (uint8_t)(1u << bit % 8);
		assert_int_equal(
		        describe_decode(&got, payload, (size_t)n, &why), MALFORMED);
		payload[bit / 8] ^= (uint8_t)(1u << bit % 8);
	}
	put_le32(payload + 4, (1u << 20) + 1); /* more than is ever inflated */
	assert_int_equal(describe_decode(&got, payload, (size_t)n, &why), MALFORMED);
	put_le32(payload + 4, 50);
	assert_int_equal(describe_decode(&got, payload, (size_t)n, &why), MALFORMED);
	free(profile);
}

static void check_text(const char *text, const char *reason)
{
	struct describe *got;
	struct problem why = { 0 };
	size_t n = strlen(text);
	memset(payload, 0, 8);
	put_le32(payload + 4, (uint32_t)n);
	memcpy(payload + 8, text, n);
	int status = describe_decode(&got, payload, n + 8, &why);
	assert_int_equal(status, reason == NULL ? OK : MALFORMED);
	if (reason != NULL)
		assert_contains(why.text, reason);
	else
		describe_free(got);
}

#define HEAD "{\"v\":1,\"kind\":\"station\",\"origin\":\"instrument\",\"station\":\"a\""

static void only_the_one_text_is_read(void **state)
{
	check_text(HEAD ",\"utc_offset_min\":0}", NULL);
	check_text(HEAD ",\"utc_offset_min\":0,\"new\":1}", "new");
	check_text(HEAD ",\"utc_offset_min\":0 }", "not as quantrac writes it");
	check_text(HEAD ",\"utc_offset_min\":00}", "damaged");
	check_text(HEAD ",\"utc_offset_min\":0,\"latitude\":1.0}",
	        "not as quantrac writes it");
	check_text(HEAD ",\"utc_offset_min\":1441}", "damaged");
	check_text(HEAD ",\"role\":\"\",\"utc_offset_min\":0}",
	        "not as quantrac writes it");
	check_text(HEAD "}", "utc_offset_min");
	check_text("{\"v\":1,\"kind\":\"stone\"}", "no version and kind");
	check_text("", "no version and kind");
	check_text("[]", "no version and kind");
}

static void a_later_version_is_named(void **state)
{
	check_text("{\"v\":2,\"kind\":\"station\",\"new\":1}", "install the later one");
	check_text("{\"v\":0,\"kind\":\"station\"}", "damaged");
}

static void texts_may_be_copied(void **state)
{
	char text[] = "Trạm 1";
	struct describe *d = good_station();
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
		cmocka_unit_test(ids_must_be_ids),
		cmocka_unit_test(every_cut_is_refused),
		cmocka_unit_test(every_flipped_bit_is_refused_or_another_description),
		cmocka_unit_test(a_flipped_bit_in_a_deflated_text_is_refused),
		cmocka_unit_test(only_the_one_text_is_read),
		cmocka_unit_test(a_later_version_is_named),
		cmocka_unit_test(texts_may_be_copied),
	};
	return cmocka_run_group_tests_name("describe", describe, NULL, NULL);
}
