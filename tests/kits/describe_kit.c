/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tests/kits/describe_kit.h"

#include "tests/kits/check.h"

#include <stdlib.h>
#include <string.h>

#include "base/digest.h"

uint8_t described[DESCRIBE_MOST];

struct describe *described_instrument(void)
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

struct describe *described_station(void)
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

/* Decode, encode again: the same bytes and the same hash. */
struct describe *described_again(int n)
{
	static uint8_t second[DESCRIBE_MOST];
	struct describe *got;
	struct problem why = { 0 };
	if (describe_decode(&got, described, (size_t)n, &why) != OK)
		fail_msg("%s", why.text);
	uint8_t hash[DIGEST_SIZE];
	memcpy(hash, got->hash, sizeof hash);
	assert_int_equal(describe_encode(got, second, sizeof second), n);
	assert_memory_equal(second, described, (size_t)n);
	assert_memory_equal(got->hash, hash, sizeof hash);
	return got;
}

/* `n` characters of a profile that deflates well, or not at all. */
char *described_profile(size_t n, bool noise)
{
	char *text = malloc(n + 1);
	uint64_t seed = 5;
	for (size_t i = 0; i < n; i++)
		text[i] =
		        noise ? (char)('!' + chance(&seed) % 90) : "register: "[i % 10];
	text[n] = '\0';
	return text;
}

int described_with(const char *profile)
{
	struct describe *d = described_instrument();
	d->profile = profile;
	int n = describe_encode(d, described, sizeof described);
	describe_free(d);
	return n;
}
