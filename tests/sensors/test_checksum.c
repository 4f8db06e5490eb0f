/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tests/kits/check.h"

#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "sensors/tables/checksum.h"

/* A message as printed by its maker, or recorded: what stands before the check, and the check. */
static const struct known {
	int kind;
	const char *before, *check, *source;
} known[] = {
	{ CHECKSUM_C_LINK, "set format 01 ok\nsum ", "0570", "49C PS manual p. B-18" },
	{ CHECKSUM_C_LINK, "o3 coef 1.020*\nsum ", "039a",
	        "constructed, as a 49i says it" },
	{ CHECKSUM_XOR, "<sendVal 60=1373.361084;61=0.083834;62=0.116399>", "7C",
	        "Palas TCP/IP ASCII 10/2021 p. 3" },
	{ CHECKSUM_XOR, "<fail>", "00", "Palas TCP/IP ASCII 10/2021" },
	{ CHECKSUM_NMEA, "$WITXT,01,01,03,Unknown cmd error*", "1F",
	        "WXT530 manual p. 115" },
	{ CHECKSUM_NMEA, "$WIPAQ,*", "72", "WS425 poll" },
	{ CHECKSUM_SUM8, "#01", "84", "protocol book, X02a" },
	{ CHECKSUM_SUM8, ">+08.074", "9A", "protocol book, X02a" },
	{ CHECKSUM_SDI12, "0+3.14", "OqZ", "SDI-12 1.3, 4.4.12.3" },
	{ CHECKSUM_SDI12, "0+3.14+2.718+1.414", "Ipz", "SDI-12 1.3, 4.4.12.3" },
	{ CHECKSUM_SDI12, "0+1.11+2.22+3.33+4.44+5.55+6.66", "I]q",
	        "SDI-12 1.3, 4.4.12.3" },
	{ CHECKSUM_SDI12, "1+1.23+2.34+345+4.4678", "KoO", "SDI-12 1.3, 4.4.12.3" },
	{ CHECKSUM_SDI12, "0", "AP@", "SDI-12 1.3, 4.4.12.3" },
	{ CHECKSUM_SDI12, "0r1", "Goe", "WXT530 manual p. 89" },
	{ CHECKSUM_SDI12, "0r1,Sn=0.1M,Sm=0.1M,Sx=0.1M", "GOG", "WXT manual p. 81" },
	{ CHECKSUM_SDI12, "0r3,Rc=0.00M,Rd=0s,Ri=0.0M", "Ilm", "WXT manual p. 81" },
	{ CHECKSUM_SDI12, "0tX,Use chksum Goe", "IU~", "WXT532 manual p. 99" },
};

static size_t whole(const struct known *k, const char *check, uint8_t *out)
{
	return (size_t)snprintf((char *)out, 200, "%s%s", k->before, check);
}

static void what_makers_print_is_right(void **state)
{
	uint8_t bytes[200], check[CHECKSUM_WIDTH];
	for (size_t i = 0; i < sizeof known / sizeof known[0]; i++) {
		const struct known *k = &known[i];
		size_t width = checksum_width(k->kind);
		size_t n = whole(k, k->check, bytes) - width;
		assert_int_equal(width, strlen(k->check));
		if (!checksum_holds(k->kind, bytes, n))
			fail_msg(
			        "%s%s (%s) is refused", k->before, k->check, k->source);
		assert_true(checksum_print(k->kind, bytes, n, check));
		for (size_t c = 0; c < width; c++)
			assert_int_equal(
			        check[c] | (k->kind == CHECKSUM_SDI12 ? 0 : 0x20),
			        bytes[n + c] | (k->kind == CHECKSUM_SDI12 ? 0 : 0x20));
	}
}

/* A digit's letter may be of either case; everything else is refused. */
static void every_flipped_bit_is_refused(void **state)
{
	uint8_t bytes[200];
	for (size_t i = 0; i < sizeof known / sizeof known[0]; i++) {
		const struct known *k = &known[i];
		size_t n = whole(k, k->check, bytes) - checksum_width(k->kind);
		size_t from = k->kind == CHECKSUM_NMEA;
		size_t to = n - (k->kind == CHECKSUM_NMEA            ? 1
		                        : k->kind == CHECKSUM_C_LINK ? 5
		                                                     : 0);
		assert_true(checksum_holds(k->kind, bytes, n));
		for (size_t bit = 0; bit < 8 * (n + checksum_width(k->kind)); bit++) {
			size_t at = bit / 8;
			bool counted = at >= n || (at >= from && at < to);
			bool letter = at >= n && bit % 8 == 5 &&
			              k->kind != CHECKSUM_SDI12 && bytes[at] > '9';
			bytes[at] ^= (uint8_t)(1 << bit % 8);
			if (counted && !letter)
				assert_false(checksum_holds(k->kind, bytes, n));
			bytes[at] ^= (uint8_t)(1 << bit % 8);
		}
	}
}

static void a_plc_asked_not_to_check_may_say_so(void **state)
{
	static const uint8_t answer[] = "%01$RD6300**", wrong[] = "%01$RD6300*0";
	uint8_t checked[20];
	assert_true(checksum_holds(CHECKSUM_MEWTOCOL, answer, 10));
	assert_false(checksum_holds(CHECKSUM_MEWTOCOL, wrong, 10));
	assert_false(checksum_holds(CHECKSUM_XOR, answer, 10));
	memcpy(checked, answer, 10);
	assert_true(checksum_print(CHECKSUM_MEWTOCOL, checked, 10, checked + 10));
	assert_true(checksum_holds(CHECKSUM_MEWTOCOL, checked, 10));
	assert_true(checksum_holds(CHECKSUM_XOR, checked, 10));
}

static void a_message_too_short_for_its_kind_has_no_check(void **state)
{
	uint8_t out[CHECKSUM_WIDTH] = { 0 };
	static const uint8_t in[] = "\nsum 0000";
	assert_false(checksum_print(CHECKSUM_C_LINK, in, 4, out));
	assert_true(checksum_print(CHECKSUM_C_LINK, in, 5, out));
	assert_memory_equal(out, "0000", 4);
	assert_false(checksum_print(CHECKSUM_NMEA, in, 1, out));
	assert_true(checksum_print(CHECKSUM_NMEA, in, 2, out));
	assert_false(checksum_holds(CHECKSUM_NMEA, in, 1));
}

static void every_kind_has_a_name_and_a_width(void **state)
{
	size_t n = 0;
	while (checksum_kinds[n] != NULL)
		n++;
	assert_int_equal(n, CHECKSUM_SDI12 + 1);
	for (int kind = 0; kind < (int)n; kind++)
		assert_int_equal(checksum_width(kind) == 0, kind == CHECKSUM_NONE);
}

/* ---- what instruments really said ---- */

static char *real_text(const char *path)
{
	const char *found = data_folder(path);
	char *text = calloc(1, 65536);
	FILE *in = found != NULL ? fopen(found, "r") : NULL;
	if (in == NULL) {
		free(text);
		return NULL;
	}
	size_t n = fread(text, 1, 65535, in);
	text[n] = '\0';
	fclose(in);
	return text;
}

/* An answer of the log begins behind an empty line or the sum before it. */
static void every_sum_of_a_real_49i_is_right(void **state)
{
	char *text = real_text("gas_analyser_logs/thermo_49i_lrec.txt");
	size_t n = 0;
	if (text == NULL)
		skip();
	char *begin = text;
	for (char *line = text, *end; (end = strchr(line, '\n')) != NULL;
	        line = end + 1) {
		bool sum = strncmp(line, "sum ", 4) == 0;
		if (sum) {
			size_t before = (size_t)(line + 4 - begin);
			assert_true(checksum_holds(
			        CHECKSUM_C_LINK, (const uint8_t *)begin, before));
			n++;
		}
		if (sum || end == line)
			begin = end + 1;
	}
	free(text);
	assert_int_equal(n, 107);
}

static void every_sentence_of_a_real_depth_sounder_is_right(void **state)
{
	char *text = real_text("nmea_weather/humminbird_depth_watertemp.log");
	size_t n = 0;
	if (text == NULL)
		skip();
	for (char *line = strtok(text, "\r\n"); line != NULL;
	        line = strtok(NULL, "\r\n")) {
		if (line[0] != '$')
			continue;
		assert_true(checksum_holds(
		        CHECKSUM_NMEA, (const uint8_t *)line, strlen(line) - 2));
		n++;
	}
	free(text);
	assert_int_equal(n, 98);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_makers_print_is_right),
		cmocka_unit_test(every_flipped_bit_is_refused),
		cmocka_unit_test(a_plc_asked_not_to_check_may_say_so),
		cmocka_unit_test(a_message_too_short_for_its_kind_has_no_check),
		cmocka_unit_test(every_kind_has_a_name_and_a_width),
		cmocka_unit_test(every_sum_of_a_real_49i_is_right),
		cmocka_unit_test(every_sentence_of_a_real_depth_sounder_is_right),
	};
	return cmocka_run_group_tests_name("checksum", tests, NULL, NULL);
}
