/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Cells, and the least that has to be written for them to be shown. */
#include "tests/kits/check.h"

#include <locale.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cli/screen.h"
#include "tests/kits/vt.h"

static struct vt vt;

/* Write what is different into the terminal; bytes written. */
static size_t show(struct screen *screen)
{
	char *bytes = NULL;
	size_t n;
	FILE *out = open_memstream(&bytes, &n);
	size_t said = screen_write(screen, out);
	fclose(out);
	assert_int_equal(said, n);
	vt_feed(&vt, bytes, n);
	free(bytes);
	assert_int_equal(vt.strange, 0);
	return n;
}

static struct screen *begin(int rows, int cols)
{
	vt_begin(&vt, rows, cols);
	return screen_new(rows, cols, true);
}

static void what_is_put_is_shown(void **state)
{
	struct screen *screen = begin(3, 20);
	assert_int_equal(
	        screen_put(screen, (struct place){ 0, 2, 0 }, STYLE_BOLD, "Độ màu"), 6);
	screen_put_right(
	        screen, (struct place){ 1, 20, 0 }, STYLE_RED | STYLE_REVERSE, "75,0");
	assert_int_equal(
	        screen_put(screen, (struct place){ 2, 15, 0 }, STYLE_PLAIN, "too long"),
	        5);
	screen_put(screen, (struct place){ 9, 0, 0 }, STYLE_PLAIN, "nowhere");
	show(screen);
	assert_string_equal(vt_row(&vt, 0), "  Độ màu");
	assert_true(vt.cell[0][2].bold);
	assert_string_equal(vt_row(&vt, 1), "                75,0");
	assert_int_equal(vt.cell[1][19].colour, 1);
	assert_true(vt.cell[1][19].reverse);
	assert_string_equal(vt_row(&vt, 2), "               too l");
	screen_free(screen);
}

static void marks_stay_with_their_letter_and_wide_ones_are_not_shown(void **state)
{
	struct screen *screen = begin(2, 10);
	/* a, circumflex, acute: three characters, one cell */
	assert_int_equal(screen_put(screen, (struct place){ 0, 0, 0 }, STYLE_PLAIN,
	                         "ch\xe1\xba\xa5t a\xcc\x82\xcc\x81"),
	        6);
	assert_int_equal(
	        screen_put(screen, (struct place){ 1, 0, 2 }, STYLE_PLAIN, "水水水"),
	        2);
	show(screen);
	assert_string_equal(vt_row(&vt, 0), "chất a\xcc\x82\xcc\x81");
	assert_string_equal(vt.cell[0][5].text, "a\xcc\x82\xcc\x81");
	assert_string_equal(vt_row(&vt, 1), "??");
	assert_int_equal(screen_width("水水水"), 3);
	screen_free(screen);
}

static void a_terminal_obeys_nothing_of_a_text(void **state)
{
	struct screen *screen = begin(1, 20);
	assert_int_equal(screen_put(screen, (struct place){ 0, 0, 0 }, STYLE_PLAIN,
	                         "a\033[2J\n\xc2\x9b\xe2\x80\xae\xff"),
	        9);
	show(screen);
	assert_string_equal(vt_row(&vt, 0), "a?[2J????");
	screen_free(screen);
}

static void only_what_changed_is_written(void **state)
{
	struct screen *screen = begin(25, 80);
	for (int row = 0; row < 25; row++)
		screen_put(screen, (struct place){ row, 0, 0 }, STYLE_GREEN,
		        "COD 75,0 mg/L");
	size_t all = show(screen);
	assert_true(all > 2000);
	assert_int_equal(show(screen), 0);
	screen_put(screen, (struct place){ 7, 4, 0 }, STYLE_GREEN, "76");
	size_t one = show(screen);
	assert_true(one > 0 && one < 30);
	assert_string_equal(vt_row(&vt, 7), "COD 76,0 mg/L");
	screen->stale = true; /* somebody wrote over it */
	assert_int_equal(show(screen) + 4 > all, 1);
	screen_free(screen);
}

static void without_colours_none_is_written(void **state)
{
	vt_begin(&vt, 1, 10);
	struct screen *screen = screen_new(1, 10, false);
	screen_put(screen, (struct place){ 0, 0, 0 }, STYLE_RED | STYLE_BOLD, "75");
	show(screen);
	assert_int_equal(vt.cell[0][0].colour, 0);
	assert_true(vt.cell[0][0].bold);
	screen_free(screen);
}

/* Whatever is put: the terminal shows what one would that is written to for the first time. */
static void changes_add_up_to_the_whole(void **state)
{
	static const char *const texts[] = { "Lưu lượng", "75,0", "mg/L", "水", " ",
		"x" };
	static struct vt changed;
	uint64_t seed = 20261115;
	struct screen *screen = begin(10, 30);
	for (int i = 0; i < 2000; i++) {
		struct place place = { (int)(chance(&seed) % 10),
			(int)(chance(&seed) % 30), (int)(chance(&seed) % 8) };
		int style = (int)(chance(&seed) % 64) & (STYLE_COLOUR | STYLE_REVERSE);
		if (chance(&seed) % 50 == 0)
			screen_clear(screen);
		screen_put(screen, place, style, texts[chance(&seed) % 6]);
		if (chance(&seed) % 4 != 0)
			continue;
		show(screen);
		changed = vt;
		vt_begin(&vt, 10, 30);
		screen->stale = true;
		show(screen);
		for (int row = 0; row < 10; row++)
			assert_string_equal(vt_row(&changed, row), vt_row(&vt, row));
		vt = changed;
	}
	screen_free(screen);
}

static void digits_can_be_read_from_afar(void **state)
{
	struct screen *screen = begin(9, 40);
	int big = screen_digits(screen, (struct place){ .row = 0 },
	        &(struct pen){ SIZE_BIG, STYLE_GREEN }, "7,2");
	screen_digits(screen, (struct place){ .row = 6, .col = 1 },
	        &(struct pen){ SIZE_MEDIUM, STYLE_GREEN }, "-10.5");
	show(screen);
	assert_int_equal(big, screen_digits_width(SIZE_BIG, "7,2"));
	assert_string_equal(vt_row(&vt, 0), "######      ######");
	assert_string_equal(vt_row(&vt, 1), "    ##          ##");
	assert_string_equal(vt_row(&vt, 2), "    ##      ######");
	assert_string_equal(vt_row(&vt, 3), "  ##    ##  ##");
	assert_string_equal(vt_row(&vt, 4), "  ##    ##  ######");
	assert_string_equal(vt_row(&vt, 6), "         _     _");
	assert_string_equal(vt_row(&vt, 7), " __   | | |   |_");
	assert_string_equal(vt_row(&vt, 8), "      | |_| .  _|");
	screen_free(screen);
}

static void a_console_without_subscripts_shows_plain_letters(void **state)
{
	struct screen *screen = begin(1, 20);
	screen->plain = true;
	screen_put(screen, (struct place){ .row = 0 }, STYLE_PLAIN, "SO₂ NOₓ m³ PM₁₀");
	show(screen);
	assert_string_equal(vt_row(&vt, 0), "SO2 NOx m³ PM10");
	screen_free(screen);
}

static void plain_lines_have_no_escapes(void **state)
{
	char *text = NULL;
	size_t n;
	struct screen *screen = begin(2, 20);
	screen_put(screen, (struct place){ 0, 1, 0 }, STYLE_RED, "pH 7,2");
	FILE *out = open_memstream(&text, &n);
	screen_print(screen, out);
	fclose(out);
	assert_string_equal(text, " pH 7,2\n\n");
	free(text);
	screen_free(screen);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_is_put_is_shown),
		cmocka_unit_test(
		        marks_stay_with_their_letter_and_wide_ones_are_not_shown),
		cmocka_unit_test(a_terminal_obeys_nothing_of_a_text),
		cmocka_unit_test(only_what_changed_is_written),
		cmocka_unit_test(without_colours_none_is_written),
		cmocka_unit_test(changes_add_up_to_the_whole),
		cmocka_unit_test(digits_can_be_read_from_afar),
		cmocka_unit_test(a_console_without_subscripts_shows_plain_letters),
		cmocka_unit_test(plain_lines_have_no_escapes),
	};
	return cmocka_run_group_tests_name("screen", tests, NULL, NULL);
}
