/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The text messages of the protocol book: taken apart, printed, cut, with every bit flipped. */
#include "tests/kits/check.h"

#include <string.h>

#include "sensors/tables/checksum.h"
#include "tests/kits/pattern_kit.h"

/* The vectors of section 12 of the protocol book: template, address, message, fields. */
static const struct vector {
	const char *id, *pattern, *address, *message;
	int checksum;
	const char *field[16]; /* name, value, ... */
} vectors[] = {
	{ "C01a", "set format 01 {answer}\\nsum {check}\\r", "49",
	        "set format 01 ok\nsum 0570\r", CHECKSUM_C_LINK, { "answer", "ok" } },
	{ "C02a", "{asked} bad cmd\\r", "42", "set unit ppm bad cmd\r", CHECKSUM_NONE,
	        { "asked", "set unit ppm" } },
	{ "T01a", "T {day}:{time} {address:4} SO2={so2} {unit}\\r\\n", "100",
	        "T  123:10:38 0100 SO2=261.4 PPB\r\n", CHECKSUM_NONE,
	        { "day", "123", "time", "10:38", "so2", "261.4", "unit", "PPB" } },
	{ "W01a", "{address}r1,{pairs = , unit}{check}\\r\\n", "0",
	        "0r1,Sn=0.1M,Sm=0.1M,Sx=0.1MGOG\r\n", CHECKSUM_SDI12,
	        { "Sn", "0.1", "Sn.unit", "M", "Sm", "0.1", "Sm.unit", "M", "Sx", "0.1",
	                "Sx.unit", "M" } },
	{ "W02a", "{address}r3,{pairs = , unit}{check}\\r\\n", "0",
	        "0r3,Rc=0.00M,Rd=0s,Ri=0.0MIlm\r\n", CHECKSUM_SDI12,
	        { "Rc", "0.00", "Rc.unit", "M", "Rd", "0", "Rd.unit", "s", "Ri", "0.0",
	                "Ri.unit", "M" } },
	{ "W03a", "{address}tX,{why}{check}\\r\\n", "0", "0tX,Use chksum GoeIU~\r\n",
	        CHECKSUM_SDI12, { "why", "Use chksum Goe" } },
	{ "N01a", "$WITXT,01,01,{code},{why}*{check}\\r\\n", "",
	        "$WITXT,01,01,03,Unknown cmd error*1F\r\n", CHECKSUM_NMEA,
	        { "code", "03", "why", "Unknown cmd error" } },
	{ "F01a", "<sendVal {pairs = ;}>{check}\\r\\n", "",
	        "<sendVal 60=1373.361084;61=0.083834;62=0.116399>7C\r\n", CHECKSUM_XOR,
	        { "60", "1373.361084", "61", "0.083834", "62", "0.116399" } },
	{ "X01a", ">{a:7}{b:7}{c:7}{d:7}{e:7}{f:7}{g:7}{h:7}\\r", "01",
	        ">+08.074+05.794+07.228+07.748+05.763+06.812+11.576+14.668\r",
	        CHECKSUM_NONE,
	        { "a", "+08.074", "b", "+05.794", "c", "+07.228", "d", "+07.748", "e",
	                "+05.763", "f", "+06.812", "g", "+11.576", "h", "+14.668" } },
	{ "X02a", ">{a:7}{check}\\r", "01", ">+08.0749A\r", CHECKSUM_SUM8,
	        { "a", "+08.074" } },
	{ "X03a", "\\x02{_:1}ASTZ {status} {mode} {state}\\x03", "",
	        "\x02 ASTZ 0 SREM STBY\x03", CHECKSUM_NONE,
	        { "status", "0", "mode", "SREM", "state", "STBY" } },
	{ "X04a", "\\x02{_:1}???? {status}\\x03", "", "\x02 ???? 0\x03", CHECKSUM_NONE,
	        { "status", "0" } },
	{ "X08a", "{ph}\\r*OK\\r", "", "9.560\r*OK\r", CHECKSUM_NONE,
	        { "ph", "9.560" } },
};
#define VECTORS (sizeof vectors / sizeof vectors[0])

/* And their requests. */
static const struct asked {
	const char *id, *pattern, *address, *message;
	int checksum;
} asked[] = {
	{ "C01a", "{address+128}set format 01\\r", "49", "\xb1set format 01\r",
	        CHECKSUM_C_LINK },
	{ "C02a", "{address+128}set unit ppm\\r", "42", "\xaaset unit ppm\r",
	        CHECKSUM_NONE },
	{ "T01a", "T {address} SO2\\r", "100", "T 100 SO2\r", CHECKSUM_NONE },
	{ "W01a", "{address}r1{check}\\r\\n", "0", "0r1Goe\r\n", CHECKSUM_SDI12 },
	{ "W02a", "{address}r3{check}\\r\\n", "0", "0r3Kid\r\n", CHECKSUM_SDI12 },
	{ "W03a", "{address}r1yyy\\r\\n", "0", "0r1yyy\r\n", CHECKSUM_NONE },
	{ "F01a", "<getVal60;61;62>\\r\\n", "", "<getVal60;61;62>\r\n", CHECKSUM_XOR },
	{ "X01a", "#{address:2}\\r", "1", "#01\r", CHECKSUM_NONE },
	{ "X02a", "#{address:2}{check}\\r", "01", "#0184\r", CHECKSUM_SUM8 },
	{ "X03a", "\\x02 ASTZ K0\\x03", "", "\x02 ASTZ K0\x03", CHECKSUM_NONE },
	{ "X04a", "\\x02 XXXX K0\\x03", "", "\x02 XXXX K0\x03", CHECKSUM_NONE },
	{ "X06a", "%{address:2}#RDD0152101525**\\r", "1", "%01#RDD0152101525**\r",
	        CHECKSUM_MEWTOCOL },
	{ "X08a", "R\\r", "", "R\r", CHECKSUM_NONE },
};

static void the_answers_of_the_protocol_book_are_taken_apart(void **state)
{
	struct text_fields fields;
	for (size_t i = 0; i < VECTORS; i++) {
		const struct vector *v = &vectors[i];
		struct pattern pattern = pattern_of(v->pattern, v->checksum);
		size_t n = 0;
		if (pattern_match(&pattern, v->address, text_bytes(v->message),
		            &fields) != (int)strlen(v->message))
			fail_msg("%s is not taken", v->id);
		for (; n < 16 && v->field[n] != NULL; n += 2)
			assert_field(&fields, v->field[n], v->field[n + 1]);
		assert_int_equal(fields.n, n / 2);
	}
}

static void the_requests_of_the_protocol_book_are_printed(void **state)
{
	uint8_t out[200];
	for (size_t i = 0; i < sizeof asked / sizeof asked[0]; i++) {
		const struct asked *a = &asked[i];
		struct pattern pattern = pattern_of(a->pattern, a->checksum);
		size_t n = strlen(a->message);
		struct pattern_room room = { out, sizeof out };
		assert_int_equal(pattern_print(&pattern, a->address, NULL, room), n);
		assert_memory_equal(out, a->message, n);
		assert_int_equal(pattern_match(&pattern, a->address,
		                         text_bytes(a->message), NULL),
		        n);
		for (size_t less = 0; less < n; less++) {
			room.n = less;
			assert_int_equal(
			        pattern_print(&pattern, a->address, NULL, room), FULL);
		}
	}
}

static void every_cut_of_an_answer_is_too_short(void **state)
{
	for (size_t i = 0; i < VECTORS; i++) {
		const struct vector *v = &vectors[i];
		struct pattern pattern = pattern_of(v->pattern, v->checksum);
		struct pattern_bytes in = text_bytes(v->message);
		assert_int_equal(pattern_match(&pattern, v->address, in, NULL), in.n);
		for (in.n = 0; in.n < strlen(v->message); in.n++)
			if (pattern_match(&pattern, v->address, in, NULL) !=
			        PATTERN_SHORT)
				fail_msg("%s: not short at %zu", v->id, in.n);
	}
}

/* The case of a hex digit changes nothing. */
static bool is_letter_of_check(const struct vector *v, size_t bit)
{
	size_t n = strlen(v->message), at = bit / 8;
	char c = v->message[at];
	return v->checksum != CHECKSUM_SDI12 && bit % 8 == 5 && at + 5 > n &&
	       c >= 'A' && c <= 'F';
}

static void every_flipped_bit_of_a_checked_answer_is_refused(void **state)
{
	char bytes[200];
	for (size_t i = 0; i < VECTORS; i++) {
		const struct vector *v = &vectors[i];
		struct pattern pattern = pattern_of(v->pattern, v->checksum);
		size_t n = strlen(v->message);
		struct pattern_bytes in = { (const uint8_t *)bytes, n };
		struct text_fields fields;
		memcpy(bytes, v->message, n);
		assert_int_equal(pattern_match(&pattern, v->address, in, &fields), n);
		assert_int_equal(
		        pattern_checked(&pattern), v->checksum != CHECKSUM_NONE);
		for (size_t bit = 0; pattern_checked(&pattern) && bit < 8 * n; bit++) {
			bytes[bit / 8] = (char)(bytes[bit / 8] ^ 1 << bit % 8);
			if (!is_letter_of_check(v, bit))
				assert_true(pattern_match(&pattern, v->address, in,
				                    &fields) <= 0);
			bytes[bit / 8] = v->message[bit / 8];
		}
	}
}

/* What was taken apart is put together again: the same bytes, where blanks are single. */
static void what_was_taken_apart_is_put_together_again(void **state)
{
	uint8_t out[200];
	for (size_t i = 0; i < VECTORS; i++) {
		const struct vector *v = &vectors[i];
		struct pattern pattern = pattern_of(v->pattern, v->checksum);
		struct text_fields fields, again;
		pattern_match(&pattern, v->address, text_bytes(v->message), &fields);
		int n = pattern_print(&pattern, v->address, &fields,
		        (struct pattern_room){ out, sizeof out });
		assert_true(n > 0);
		if (strcmp(v->id, "T01a") != 0)
			assert_memory_equal(out, v->message, strlen(v->message));
		struct pattern_bytes in = { out, (size_t)n };
		assert_int_equal(pattern_match(&pattern, v->address, in, &again), n);
		assert_int_equal(again.n, fields.n);
		for (size_t f = 0; f < fields.n; f++) {
			assert_string_equal(again.field[f].name, fields.field[f].name);
			assert_int_equal(again.field[f].n, fields.field[f].n);
			assert_memory_equal(again.field[f].at, fields.field[f].at,
			        fields.field[f].n);
		}
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_answers_of_the_protocol_book_are_taken_apart),
		cmocka_unit_test(the_requests_of_the_protocol_book_are_printed),
		cmocka_unit_test(every_cut_of_an_answer_is_too_short),
		cmocka_unit_test(every_flipped_bit_of_a_checked_answer_is_refused),
		cmocka_unit_test(what_was_taken_apart_is_put_together_again),
	};
	return cmocka_run_group_tests_name("pattern_vectors", tests, NULL, NULL);
}
