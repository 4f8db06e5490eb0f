/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What is no DESCRIBE: ids that are none, cuts, flipped bits, texts of another form or version. */
#include "tests/kits/check.h"

#include <stdlib.h>
#include <string.h>

#include "base/bytes.h"
#include "base/digest.h"
#include "tests/kits/describe_kit.h"

static void refuses(struct describe *d)
{
	assert_int_equal(describe_encode(d, described, sizeof described), REFUSED);
	describe_free(d);
}

static void ids_must_be_ids(void **state)
{
	struct describe *d = described_instrument();
	strcpy(d->station, "Tram");
	refuses(d);
	d = described_instrument();
	strcpy(d->instrument, "");
	refuses(d);
	d = described_instrument();
	d->channel[1].name = "cod"; /* twice */
	refuses(d);
	d = described_instrument();
	d->channel[1].name = "";
	refuses(d);
	d = described_instrument();
	d->channel[1].decimals = 100;
	refuses(d);
	d = described_station();
	d->part[0].hash[0] = 'x';
	refuses(d);
	d = described_station();
	d->utc_offset_min = 1441;
	refuses(d);
}

static void every_cut_is_refused(void **state)
{
	struct describe *d = described_station(), *got;
	struct problem why;
	int n = describe_encode(d, described, sizeof described);
	describe_free(described_again(n));
	for (int cut = 0; cut < n; cut++) {
		uint8_t *in = malloc((size_t)cut + 1);
		memcpy(in, described, (size_t)cut);
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
	struct describe *d = described_instrument(), *got;
	struct problem why;
	int n = describe_encode(d, described, sizeof described);
	describe_free(described_again(n));
	for (int bit = 0; bit < 8 * n; bit++) {
		described[bit / 8] ^= (uint8_t)(1u << bit % 8);
		if (describe_decode(&got, described, (size_t)n, &why) == OK) {
			assert_memory_not_equal(got->hash, d->hash, DIGEST_SIZE);
			describe_free(got);
			describe_free(described_again(n));
		}
		described[bit / 8] ^= (uint8_t)(1u << bit % 8);
	}
	describe_free(d);
}

static void a_flipped_bit_in_a_deflated_text_is_refused(void **state)
{
	struct describe *got;
	struct problem why;
	uint64_t seed = 3;
	char *profile = described_profile(50000, false);
	int n = described_with(profile);
	describe_free(described_again(n));
	for (int round = 0; round < 500; round++) {
		size_t bit = 64 + chance(&seed) % (8 * (size_t)n - 64);
		described[bit / 8] ^= (uint8_t)(1u << bit % 8);
		assert_int_equal(
		        describe_decode(&got, described, (size_t)n, &why), MALFORMED);
		described[bit / 8] ^= (uint8_t)(1u << bit % 8);
	}
	put_le32(described + 4, (1u << 20) + 1); /* more than is ever inflated */
	assert_int_equal(describe_decode(&got, described, (size_t)n, &why), MALFORMED);
	put_le32(described + 4, 50);
	assert_int_equal(describe_decode(&got, described, (size_t)n, &why), MALFORMED);
	free(profile);
}

static void check_text(const char *text, const char *reason)
{
	struct describe *got;
	struct problem why = { 0 };
	size_t n = strlen(text);
	memset(described, 0, 8);
	put_le32(described + 4, (uint32_t)n);
	memcpy(described + 8, text, n);
	int status = describe_decode(&got, described, n + 8, &why);
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

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(ids_must_be_ids),
		cmocka_unit_test(every_cut_is_refused),
		cmocka_unit_test(every_flipped_bit_is_refused_or_another_description),
		cmocka_unit_test(a_flipped_bit_in_a_deflated_text_is_refused),
		cmocka_unit_test(only_the_one_text_is_read),
		cmocka_unit_test(a_later_version_is_named),
	};
	return cmocka_run_group_tests_name("describe_refused", tests, NULL, NULL);
}
