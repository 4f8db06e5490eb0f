/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tests/kits/check.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "archive/archive.h"
#include "archive/layout.h"
#include "archive/pack.h"
#include "base/bytes.h"
#include "base/correction.h"
#include "base/event.h"
#include "base/folder.h"
#include "base/legal_time.h"
#include "tests/kits/sample_records.h"

/* ---- identity and paths ---- */

static struct archive_identity sample_identity(void)
{
	return (struct archive_identity){ .zone = "kcn-mau",
		.zone_name = "KCN \"Mẫu\": một",
		.utc_offset_min = OFFSET_VIETNAM };
}

static void an_archive_is_made_once_and_known_again(void **state)
{
	struct problem why = { 0 };
	struct archive_identity identity = sample_identity(), got;
	const char *dir = in_folder(*state, "a/b");
	assert_int_equal(archive_create(dir, &identity, &why), OK);
	assert_int_equal(archive_create(dir, &identity, &why), OK);
	assert_int_equal(archive_identify(dir, &got, &why), OK);
	assert_string_equal(got.zone, "kcn-mau");
	assert_string_equal(got.zone_name, "KCN \"Mẫu\": một");
	assert_int_equal(got.utc_offset_min, 420);
}

static void another_zone_or_offset_is_refused(void **state)
{
	struct problem why = { 0 };
	struct archive_identity identity = sample_identity();
	assert_int_equal(archive_create(*state, &identity, &why), OK);
	identity.utc_offset_min = 0;
	assert_int_equal(archive_create(*state, &identity, &why), REFUSED);
	assert_contains(why.text, "another legal time");
	assert_int_equal(why.exit, EXIT_CONFIG);
	identity = sample_identity();
	snprintf(identity.zone, sizeof identity.zone, "other");
	assert_int_equal(archive_create(*state, &identity, &why), REFUSED);
	assert_contains(why.text, "belongs to zone 'kcn-mau', not 'other'");
	snprintf(identity.zone, sizeof identity.zone, "Kcn");
	assert_int_equal(archive_create(*state, &identity, &why), REFUSED);
}

static void a_folder_that_is_none_says_what_to_do(void **state)
{
	struct problem why = { 0 };
	struct archive_identity got;
	assert_int_equal(archive_identify(*state, &got, &why), NOT_FOUND);
	assert_int_equal(why.exit, EXIT_NO_FILE);
	assert_contains(why.text, "--archive");
	assert_int_equal(
	        archive_identify(in_folder(*state, "none"), &got, &why), NOT_FOUND);
	assert_contains(why.text, "no such folder");
	const char *broken = "zone: kcn-mau\noffset: seven\n";
	assert_int_equal(file_replace(in_folder(*state, "archive.yaml"), broken,
	                         strlen(broken), 0600),
	        OK);
	assert_int_equal(archive_identify(*state, &got, &why), MALFORMED);
	assert_int_equal(why.exit, EXIT_DAMAGED);
	assert_contains(why.text, "archive.yaml:2");
}

static void days_have_their_places(void **state)
{
	char path[256];
	int64_t day_us = SAMPLE_DAY_US;
	assert_int_equal(archive_day_path(path, sizeof path, "/a", "kcn-mau",
	                         "bt-outlet", day_us, OFFSET_VIETNAM, 0),
	        OK);
	assert_string_equal(path, "/a/kcn-mau/bt-outlet/2026/bt-outlet_2026-11-15.h5");
	archive_day_path(path, sizeof path, "/a", "kcn-mau", "bt-outlet", day_us,
	        OFFSET_VIETNAM, 2);
	assert_string_equal(
	        path, "/a/kcn-mau/bt-outlet/2026/bt-outlet_2026-11-15_late2.h5");
	archive_day_path(path, sizeof path, "/a", "kcn-mau", "bt-outlet", INT64_MIN,
	        OFFSET_VIETNAM, 1);
	assert_string_equal(path, "/a/unplaced/bt-outlet_1.h5");
	assert_int_equal(archive_day_path(path, 20, "/a", "kcn-mau", "bt-outlet",
	                         day_us, 420, 0),
	        FULL);
}

/* ---- corrected time ---- */

static void note_clock(struct corrections *corrections, uint64_t boot, int64_t mono_us,
        const struct clock_event *event)
{
	uint8_t payload[64];
	struct record record = { .type = RECORD_CLOCK,
		.boot = boot,
		.mono_us = mono_us,
		.payload = payload };
	record.payload_size = (size_t)clock_encode(event, payload, sizeof payload);
	assert_int_equal(corrections_note(corrections, &record), OK);
}

static int64_t corrected(
        const struct corrections *corrections, struct stamp stamp, int status)
{
	int64_t time_us;
	assert_int_equal(corrections_apply(corrections, &stamp, &time_us), status);
	return time_us;
}

static void the_next_clock_record_of_the_boot_that_reports_sync_counts(void **state)
{
	struct corrections all = { 0 };
	note_clock(&all, 5, 2000, &(struct clock_event){ 0, 10700, CLOCK_SYNCED });
	note_clock(&all, 5, 1000, &(struct clock_event){ 0, 1100, CLOCK_SYNCED });
	note_clock(&all, 5, 1000,
	        &(struct clock_event){ 0, 1100, CLOCK_SYNCED }); /* again */
	note_clock(&all, 5, 500,
	        &(struct clock_event){ 0, 9999, CLOCK_UNSYNCED }); /* no sync */
	note_clock(&all, 6, 20, &(struct clock_event){ 50, 10, CLOCK_SYNCED });
	assert_int_equal(all.n, 3);
	struct stamp stamp = { .time_us = 777, .boot = 5, .clock = CLOCK_UNSYNCED };
	assert_int_equal(corrected(&all, stamp, OK), 100);
	stamp.mono_us = 1000;
	assert_int_equal(corrected(&all, stamp, OK), 1100);
	stamp.mono_us = 1001;
	assert_int_equal(corrected(&all, stamp, OK), 9701);
	stamp.mono_us = 2001;
	assert_int_equal(corrected(&all, stamp, NOT_FOUND), 777);
	stamp = (struct stamp){ .time_us = 777, .mono_us = 10, .boot = 6 };
	assert_int_equal(corrected(&all, stamp, OK), 0);
	stamp.mono_us = 9; /* would be before 1970 */
	assert_int_equal(corrected(&all, stamp, NOT_FOUND), 777);
	stamp.boot = 7;
	assert_int_equal(corrected(&all, stamp, NOT_FOUND), 777);
	corrections_free(&all);
}

/* Set by hand from 1970, and synchronised only later: what was stamped in between was right. */
static void a_step_before_the_sync_is_not_counted_twice(void **state)
{
	struct corrections all = { 0 };
	const int64_t begin_us = INT64_C(1794675600000000), second_us = 1000000;
	note_clock(&all, 5, 20 * second_us,
	        &(struct clock_event){
	                20 * second_us, begin_us + 20 * second_us, CLOCK_SYNCED });
	struct stamp stamp = {
		.time_us = 5 * second_us, .mono_us = 5 * second_us, .boot = 5
	};
	assert_int_equal(corrected(&all, stamp, OK), begin_us + 5 * second_us);
	stamp.mono_us = 15 * second_us;
	stamp.time_us = begin_us + 15 * second_us;
	assert_int_equal(corrected(&all, stamp, OK), begin_us + 15 * second_us);
	corrections_free(&all);
}

static void stamps_of_a_clock_that_was_right_stay(void **state)
{
	struct corrections all = { 0 };
	note_clock(&all, 5, 1000, &(struct clock_event){ 0, 100, CLOCK_SYNCED });
	for (uint8_t clock = CLOCK_SYNCED; clock <= CLOCK_STEPPED; clock++) {
		struct stamp stamp = { .time_us = 100, .boot = 5, .clock = clock };
		assert_int_equal(corrected(&all, stamp, OK), 100);
	}
	corrections_free(&all);
}

/* ---- chunks ---- */

/* By hand from the definition; that HDF5 agrees is shown by every tool that opens a
 * file of ours. */
static void fletcher32_is_that_of_hdf5(void **state)
{
	assert_int_equal(fletcher32((const uint8_t *)"", 0), 0);
	assert_int_equal(fletcher32((const uint8_t *)"\1\2", 2), 0x01020102);
	assert_int_equal(fletcher32((const uint8_t *)"\1\2\3", 3), 0x05040402);
	uint8_t ones[2000];
	memset(ones, 0xff, sizeof ones); /* sums wrap at 65535 */
	assert_int_equal(fletcher32(ones, sizeof ones), 0xffffffff);
}

static void chunks_come_back_as_they_were(void **state)
{
	static const size_t elements[] = { 1, 2, 4, 8 };
	uint64_t seed = 17;
	struct packer *packer = packer_new(69120);
	uint8_t in[69120], out[69120];
	for (size_t k = 0; k < 4; k++) {
		for (size_t n = elements[k]; n <= sizeof in;
		        n = n * 5 / elements[k] * elements[k]) {
			for (size_t i = 0; i < n; i++)
				in[i] = (uint8_t)(chance(&seed) >>
				                  (i % 7 == 0 ? 0 : 60));
			uint8_t *copy = malloc(packer_room(packer));
			size_t size = packer_pack(packer, in, n, elements[k], copy);
			copy = realloc(copy, size);
			struct unpacked want = {
				.out = out, .size = n, .element = elements[k]
			};
			assert_int_equal(packer_unpack(packer, copy, size, &want), OK);
			assert_memory_equal(in, out, n);
			want.size = n + elements[k];
			assert_int_equal(
			        packer_unpack(packer, copy, size, &want), MALFORMED);
			free(copy);
		}
	}
	packer_free(packer);
}

static void every_flipped_bit_of_a_chunk_is_refused(void **state)
{
	struct packer *packer = packer_new(800);
	uint64_t in[100], out[100];
	uint8_t *copy = malloc(packer_room(packer));
	for (size_t i = 0; i < 100; i++)
		in[i] = i * i;
	size_t n = packer_pack(packer, in, sizeof in, 8, copy);
	copy = realloc(copy, n);
	struct unpacked want = { .out = out, .size = sizeof out, .element = 8 };
	assert_int_equal(packer_unpack(packer, copy, n, &want), OK);
	for (size_t bit = 0; bit < 8 * n; bit++) {
		copy[bit / 8] ^= (uint8_t)(1u << bit % 8);
		assert_int_equal(packer_unpack(packer, copy, n, &want), MALFORMED);
		copy[bit / 8] ^= (uint8_t)(1u << bit % 8);
	}
	for (size_t cut = 0; cut < n; cut++)
		assert_int_equal(packer_unpack(packer, copy, cut, &want), MALFORMED);
	free(copy);
	packer_free(packer);
}

/* ---- names ---- */

static void names_never_collide(void **state)
{
	static const char *const names[] = { "time", "1", "cod", "1", "cod_state", "1",
		"seq", "1", "cod_sample_time", "1", "clock", "1", "cod__2", "1", NULL };
	struct sample sample;
	char out[READING_CHANNELS][H5_NAME];
	sample_start(&sample, "s");
	sample_instrument(&sample, "x", names);
	layout_channel_names(sample.describe[0], out);
	assert_string_equal(out[0], "time__2");
	assert_string_equal(out[1], "cod");
	assert_string_equal(out[2], "cod_state__2");
	assert_string_equal(out[3], "seq__2");
	assert_string_equal(out[4], "cod_sample_time__2");
	assert_string_equal(out[5], "clock__2");
	assert_string_equal(out[6], "cod__2");
	sample_free(&sample);
	char group[H5_NAME];
	const char taken[2][H5_NAME] = { "cod", "cod__2" };
	layout_group_name("cod", taken, 2, group);
	assert_string_equal(group, "cod__3");
	layout_group_name("events", taken, 2, group);
	assert_string_equal(group, "events__2");
	layout_group_name("ph", taken, 2, group);
	assert_string_equal(group, "ph");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(an_archive_is_made_once_and_known_again,
		        scratch_make, scratch_remove),
		cmocka_unit_test_setup_teardown(another_zone_or_offset_is_refused,
		        scratch_make, scratch_remove),
		cmocka_unit_test_setup_teardown(a_folder_that_is_none_says_what_to_do,
		        scratch_make, scratch_remove),
		cmocka_unit_test(days_have_their_places),
		cmocka_unit_test(
		        the_next_clock_record_of_the_boot_that_reports_sync_counts),
		cmocka_unit_test(a_step_before_the_sync_is_not_counted_twice),
		cmocka_unit_test(stamps_of_a_clock_that_was_right_stay),
		cmocka_unit_test(fletcher32_is_that_of_hdf5),
		cmocka_unit_test(chunks_come_back_as_they_were),
		cmocka_unit_test(every_flipped_bit_of_a_chunk_is_refused),
		cmocka_unit_test(names_never_collide),
	};
	return cmocka_run_group_tests_name("archive", tests, NULL, NULL);
}
