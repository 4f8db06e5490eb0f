/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tests/kits/check.h"

#include <string.h>

#include "base/status.h"
#include "reports/texts.h"

/* What a sheet must never say of anybody; only the disclaimer speaks of these, to deny
 * them. */
static const char *const forbidden[] = { "vi phạm", "Vi phạm", "VI PHẠM", "gian lận",
	"phán quyết", "kết luận", "Kết luận", "breach", "verdict", "violation", "fraud",
	"falsif", "guilty", "thanh tra", "niêm phong", "66,7", "66.7", NULL };

static void no_word_prejudges(void **state)
{
	for (int language = 0; language < LANGUAGES; language++)
		for (enum word word = 0; word < WORDS; word++)
			for (int i = 0; forbidden[i] != NULL && word != WORD_S22; i++)
				if (strstr(word_text(language, word), forbidden[i]) !=
				        NULL)
					fail_msg("word %d says \"%s\": %s", word,
					        forbidden[i],
					        word_text(language, word));
	assert_contains(
	        word_text(VIETNAMESE, WORD_S22), "không phải là kết luận về vi phạm");
	assert_contains(word_text(ENGLISH, WORD_S22),
	        "not a finding of an administrative violation");
}

static void every_word_has_both_languages(void **state)
{
	for (int language = 0; language < LANGUAGES; language++)
		for (enum word word = 0; word < WORDS; word++) {
			assert_non_null(word_text(language, word));
			assert_true(strlen(word_text(language, word)) > 0);
		}
}

/* Set of {slots} of a text, as one sorted-by-appearance list without repeats. */
static size_t slots_of(const char *text, char out[16][32])
{
	size_t n = 0;
	for (const char *in = strchr(text, '{'); in != NULL; in = strchr(in + 1, '{')) {
		size_t length = strcspn(in + 1, "}"), k = 0;
		assert_true(length > 0 && length < 32 && n < 16);
		char name[32] = "";
		memcpy(name, in + 1, length);
		while (k < n && strcmp(out[k], name) != 0)
			k++;
		if (k == n)
			strcpy(out[n++], name);
	}
	return n;
}

/* A slot missing in one language would leave out a fact there. */
static void both_languages_have_the_same_slots(void **state)
{
	for (enum word word = 0; word < WORDS; word++) {
		char vi[16][32], en[16][32];
		size_t n = slots_of(word_text(VIETNAMESE, word), vi), found = 0;
		assert_int_equal(slots_of(word_text(ENGLISH, word), en), n);
		for (size_t i = 0; i < n; i++)
			for (size_t k = 0; k < n; k++)
				found += strcmp(vi[i], en[k]) == 0;
		assert_int_equal(found, n);
	}
}

static void bold_marks_come_in_pairs(void **state)
{
	for (int language = 0; language < LANGUAGES; language++)
		for (enum word word = 0; word < WORDS; word++) {
			int stars = 0;
			const char *in = word_text(language, word);
			for (; (in = strstr(in, "**")) != NULL; in += 2)
				stars++;
			assert_int_equal(stars % 2, 0);
		}
}

/* "over 1.07 times" would read as 107 % more: it is "1.07 times the limit". */
static void a_ratio_equals_so_many_times(void **state)
{
	assert_contains(word_text(VIETNAMESE, WORD_S1), "bằng {ratio} lần");
	assert_null(strstr(word_text(VIETNAMESE, WORD_S1), "vượt {ratio}"));
	assert_contains(word_text(ENGLISH, WORD_S1), "{ratio} times the {term}");
}

static void an_empty_slot_says_that_nothing_was_given(void **state)
{
	struct texts texts = { 0 };
	const char *text = texts_fill(&texts, ENGLISH, WORD_STATION_TEXT,
	        (struct slot[]){ { "name", "" }, { "id", "bt-outlet" }, { 0 } });
	assert_string_equal(text, "(not given) (id bt-outlet)");
	texts_free(&texts);
}

static void texts_from_outside_are_made_printable(void **state)
{
	struct texts texts = { 0 };
	const char *text = texts_clean(&texts, "a\nb\x0e"
	                                       "c\xff\xe1\xbb");
	assert_string_equal(text, "a b c\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd");
	assert_string_equal(texts_clean(&texts, "Cơ sở Mẫu"), "Cơ sở Mẫu");
	assert_string_equal(texts_clean(&texts, "\xed\xa0\x80"),
	        "\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd"); /* half a surrogate */
	texts_free(&texts);
}

static void a_first_letter_becomes_capital_but_ph_stays(void **state)
{
	struct texts texts = { 0 };
	assert_string_equal(texts_capital(&texts, "kq"), "Kq");
	assert_string_equal(texts_capital(&texts, "pH"), "pH");
	assert_string_equal(texts_capital(&texts, "độ màu"), "Độ màu");
	assert_string_equal(texts_capital(&texts, "ôxy"), "Ôxy");
	texts_free(&texts);
}

static void languages_have_codes(void **state)
{
	assert_int_equal(language_of("vi"), VIETNAMESE);
	assert_int_equal(language_of("en"), ENGLISH);
	assert_int_equal(language_of("fr"), NOT_FOUND);
	assert_string_equal(language_code(VIETNAMESE), "vi");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(no_word_prejudges),
		cmocka_unit_test(every_word_has_both_languages),
		cmocka_unit_test(both_languages_have_the_same_slots),
		cmocka_unit_test(bold_marks_come_in_pairs),
		cmocka_unit_test(a_ratio_equals_so_many_times),
		cmocka_unit_test(an_empty_slot_says_that_nothing_was_given),
		cmocka_unit_test(texts_from_outside_are_made_printable),
		cmocka_unit_test(a_first_letter_becomes_capital_but_ph_stays),
		cmocka_unit_test(languages_have_codes),
	};
	return cmocka_run_group_tests_name("words", tests, NULL, NULL);
}
