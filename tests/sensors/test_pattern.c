/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tests/kits/check.h"

#include <stdio.h>
#include <string.h>

#include "sensors/tables/checksum.h"
#include "sensors/tables/pattern.h"

static struct pattern pattern_of(const char *text, int checksum)
{
	struct pattern pattern;
	struct problem why;
	if (pattern_compile(&pattern, text, checksum, &why) != OK)
		fail_msg("'%s': %s", text, why.text);
	return pattern;
}

static struct pattern_bytes text_bytes(const char *text)
{
	return (struct pattern_bytes){ (const uint8_t *)text, strlen(text) };
}

static void assert_field(
        const struct text_fields *fields, const char *name, const char *want)
{
	for (size_t i = 0; i < fields->n; i++) {
		const struct text_field *field = &fields->field[i];
		if (strcmp(field->name, name) != 0)
			continue;
		if (field->n != strlen(want) || memcmp(field->at, want, field->n) != 0)
			fail_msg("%s is '%.*s', not '%s'", name, (int)field->n,
			        field->at, want);
		return;
	}
	fail_msg("there is no field %s", name);
}

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

static void a_wrong_check_is_told_from_a_wrong_form(void **state)
{
	struct pattern pattern = pattern_of(">{a:7}{check}\\r", CHECKSUM_SUM8);
	const char *right = ">+08.0749A\r", *value = ">+08.0759A\r",
	           *check = ">+08.0749B\r", *form = ">+08.0749A\n", *cut = ">+08.0759A";
	assert_int_equal(pattern_match(&pattern, "", text_bytes(right), NULL), 11);
	assert_int_equal(
	        pattern_match(&pattern, "", text_bytes(value), NULL), PATTERN_WRONG);
	assert_int_equal(
	        pattern_match(&pattern, "", text_bytes(check), NULL), PATTERN_WRONG);
	assert_int_equal(
	        pattern_match(&pattern, "", text_bytes(form), NULL), PATTERN_NONE);
	assert_int_equal(
	        pattern_match(&pattern, "", text_bytes(cut), NULL), PATTERN_SHORT);
	pattern = pattern_of("{address}r1{check}\\r\\n", CHECKSUM_SDI12);
	assert_int_equal(pattern_match(&pattern, "0", text_bytes("0r1yyy\r\n"), NULL),
	        PATTERN_WRONG); /* W03a */
}

static int length(const char *pattern, const char *address, const char *message)
{
	struct pattern compiled = pattern_of(pattern, CHECKSUM_NONE);
	return pattern_match(&compiled, address, text_bytes(message), NULL);
}

static void an_answer_of_another_address_is_refused(void **state)
{
	const char *answer = "T 123:10:38 0100 SO2=261.4 PPB\r\n";
	const char *pattern = "T {_} {address:4} SO2={so2} {unit}\\r\\n";
	assert_int_equal(length(pattern, "100", answer), strlen(answer));
	assert_int_equal(length(pattern, "101", answer), PATTERN_NONE);
	assert_int_equal(length(pattern, "10", answer), PATTERN_NONE);
	assert_int_equal(length("{address+128}x\\r", "49", "\xb1x\r"), 3);
	assert_int_equal(length("{address+128}x\\r", "50", "\xb1x\r"), PATTERN_NONE);
}

static void an_address_that_does_not_fit_cannot_be_printed(void **state)
{
	uint8_t out[64];
	struct pattern_room room = { out, sizeof out };
	struct pattern byte = pattern_of("{address+128}", CHECKSUM_NONE);
	struct pattern wide = pattern_of("#{address:2}\\r", CHECKSUM_NONE);
	assert_int_equal(pattern_print(&byte, "127", NULL, room), 1);
	assert_int_equal(out[0], 255);
	assert_int_equal(pattern_print(&byte, "128", NULL, room), REFUSED);
	assert_int_equal(pattern_print(&byte, "", NULL, room), REFUSED);
	assert_int_equal(pattern_print(&byte, "4x", NULL, room), REFUSED);
	assert_int_equal(pattern_print(&byte, "-1", NULL, room), REFUSED);
	assert_int_equal(pattern_print(&wide, "0A", NULL, room), 4);
	assert_memory_equal(out, "#0A\r", 4);
	assert_int_equal(pattern_print(&wide, "", NULL, room), REFUSED);
	assert_int_equal(pattern_print(&wide, "001", NULL, room), REFUSED);
}

static void a_run_of_blanks_is_any_number_but_none(void **state)
{
	assert_int_equal(length("o3 {v} ppb\\r", "", "o3 \t 1.2  ppb\r"), 14);
	assert_int_equal(length("o3 {v} ppb\\r", "", "o31.2 ppb\r"), PATTERN_NONE);
	assert_int_equal(length("o3\\x20{v}\\x20ppb\\r", "", "o3 1.2 ppb\r"), 11);
	assert_int_equal(
	        length("o3\\x20{v:3}\\x20ppb\\r", "", "o3  1.2 ppb\r"), PATTERN_NONE);
	assert_int_equal(length("a b\\r", "", "a  "), PATTERN_SHORT);
}

static void a_field_never_reaches_beyond_its_line(void **state)
{
	const char *two = "o3 bad cmd\ro3 1.2 ppb\r";
	assert_int_equal(length("o3 {v} ppb\\r", "", two), PATTERN_NONE);
	assert_int_equal(length("o3 {v} ppb\\r", "", two + 11), 11);
	assert_int_equal(length("{v:3}\\r", "", "1\r2\r"), PATTERN_NONE);
	assert_int_equal(length("{_}x\\r", "", "\x01x\r"), PATTERN_NONE);
	assert_int_equal(length("{_}x\\r", "", "\xb5x\r"), 3);
}

static void an_empty_field_is_a_field(void **state)
{
	struct text_fields fields;
	struct pattern pattern =
	        pattern_of("$WIMWV,{dir},R,{speed},{unit},{status}*", CHECKSUM_NONE);
	const char *answer = "$WIMWV,,R,,M,V*";
	assert_int_equal(pattern_match(&pattern, "", text_bytes(answer), &fields),
	        strlen(answer));
	assert_field(&fields, "dir", "");
	assert_field(&fields, "speed", "");
	assert_field(&fields, "unit", "M");
	assert_field(&fields, "status", "V");
}

/* A channel that is switched off is seven blanks, a broken loop keeps its sign. */
static void a_width_keeps_blanks_and_signs_apart(void **state)
{
	struct text_fields fields;
	struct pattern pattern = pattern_of(">{a:7}{b:7}{c:7}\\r", CHECKSUM_NONE);
	uint8_t out[40];
	struct pattern_room room = { out, sizeof out };
	assert_int_equal(pattern_match(&pattern, "",
	                         text_bytes(">+08.074       -00.020\r"), &fields),
	        23);
	assert_field(&fields, "a", "+08.074");
	assert_field(&fields, "b", "");
	assert_field(&fields, "c", "-00.020");
	assert_int_equal(pattern_print(&pattern, "", &fields, room), 23);
	assert_memory_equal(out, ">+08.074       -00.020\r", 23);
	fields.field[1].at = "12345678";
	fields.field[1].n = 8;
	assert_int_equal(pattern_print(&pattern, "", &fields, room), REFUSED);
}

static void pairs_may_stand_between_other_fields(void **state)
{
	struct text_fields fields;
	struct pattern pattern =
	        pattern_of("lrec\\n{time} {date} {pairs \\x20 \\x20}*\\nsum {check}\\r",
	                CHECKSUM_C_LINK);
	/* constructed, as a 49i says it */
	const char *answer =
	        "lrec\n09:30 11-05-25  flags C100400 o3 31.250 bncht 29.500 "
	        "flowa 0.701 pres 743.500*\nsum 148f\r";
	assert_int_equal(pattern_match(&pattern, "", text_bytes(answer), &fields),
	        strlen(answer));
	assert_int_equal(fields.n, 7);
	assert_field(&fields, "time", "09:30");
	assert_field(&fields, "flags", "C100400");
	assert_field(&fields, "o3", "31.250");
	assert_field(&fields, "pres", "743.500");
	assert_int_equal(length("<{pairs = ;}>", "", "<>"), 2);
	assert_int_equal(length("<{pairs = ;}>", "", "<a>"), PATTERN_SHORT);
	assert_int_equal(length("<{pairs = ;}>", "", "<a>\r"), PATTERN_NONE);
	assert_int_equal(length("<{pairs = ;}>", "", "<=1>"), PATTERN_NONE);
	assert_int_equal(length("<{pairs = ;}>", "", "<a=1;>\r"), PATTERN_NONE);
	assert_int_equal(length("<{pairs = ;}>", "", "<a=>"), 4);
	assert_int_equal(length("<{pairs = ;}>", "", "<a;b=1>"), PATTERN_NONE);
}

static void a_unit_begins_where_the_number_ends(void **state)
{
	struct text_fields fields;
	struct pattern pattern = pattern_of("{pairs = , unit}\\r", CHECKSUM_NONE);
	assert_true(
	        pattern_match(&pattern, "",
	                text_bytes("Dm=027D,Ta=-3.5C,Pa=998.1#,Ri=#\r"), &fields) > 0);
	assert_field(&fields, "Dm", "027");
	assert_field(&fields, "Dm.unit", "D");
	assert_field(&fields, "Ta", "-3.5");
	assert_field(&fields, "Pa.unit", "#");
	assert_field(&fields, "Ri", "");
	assert_field(&fields, "Ri.unit", "#");
}

static void more_fields_than_there_is_room_for_are_refused(void **state)
{
	char message[2000];
	size_t n = 0;
	struct text_fields fields;
	struct pattern pattern = pattern_of("{pairs = ;}\\r", CHECKSUM_NONE);
	for (size_t i = 0; i < TEXT_FIELDS; i++)
		n += (size_t)snprintf(message + n, sizeof message - n, "%s%zu=%zu",
		        i ? ";" : "", i, i);
	snprintf(message + n, sizeof message - n, "\r");
	assert_int_equal(
	        pattern_match(&pattern, "", text_bytes(message), &fields), n + 1);
	assert_int_equal(fields.n, TEXT_FIELDS);
	snprintf(message + n, sizeof message - n, ";z=1\r");
	assert_int_equal(pattern_match(&pattern, "", text_bytes(message), &fields),
	        PATTERN_NONE);
	const char *name23 = "aaaaaaaaaaaaaaaaaaaaaaa=1\r",
	           *name24 = "aaaaaaaaaaaaaaaaaaaaaaaa=1\r";
	assert_true(pattern_match(&pattern, "", text_bytes(name23), &fields) > 0);
	assert_int_equal(
	        pattern_match(&pattern, "", text_bytes(name24), &fields), PATTERN_NONE);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_answers_of_the_protocol_book_are_taken_apart),
		cmocka_unit_test(the_requests_of_the_protocol_book_are_printed),
		cmocka_unit_test(every_cut_of_an_answer_is_too_short),
		cmocka_unit_test(every_flipped_bit_of_a_checked_answer_is_refused),
		cmocka_unit_test(what_was_taken_apart_is_put_together_again),
		cmocka_unit_test(a_wrong_check_is_told_from_a_wrong_form),
		cmocka_unit_test(an_answer_of_another_address_is_refused),
		cmocka_unit_test(an_address_that_does_not_fit_cannot_be_printed),
		cmocka_unit_test(a_run_of_blanks_is_any_number_but_none),
		cmocka_unit_test(a_field_never_reaches_beyond_its_line),
		cmocka_unit_test(an_empty_field_is_a_field),
		cmocka_unit_test(a_width_keeps_blanks_and_signs_apart),
		cmocka_unit_test(pairs_may_stand_between_other_fields),
		cmocka_unit_test(a_unit_begins_where_the_number_ends),
		cmocka_unit_test(more_fields_than_there_is_room_for_are_refused),
	};
	return cmocka_run_group_tests_name("pattern", tests, NULL, NULL);
}
