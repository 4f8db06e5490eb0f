/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The page of a data sheet: its fonts, its places, its bytes, its last line. */
#include "tests/kits/sheet_print.h"

#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/folder.h"
#include "base/legal_time.h"

static void simulated_data_say_so_first(void **state)
{
	for (enum scene scene = 0; scene < SCENES; scene++) {
		char *text =
		        printed(*state, scene, scene % 2 == 0 ? VIETNAMESE : ENGLISH);
		assert_ptr_equal(strstr(text, SIMULATED_TEXT), text);
		free(text);
	}
	struct sheet *sheet = sheet_scene(SCENE_OVER);
	sheet->simulated = false;
	const char *path = in_folder(*state, "real.pdf");
	int code;
	written(sheet, VIETNAMESE, path);
	char *text = flatten(run_command(&code, "pdftotext -raw %s -", path));
	assert_null(strstr(text, "MÔ PHỎNG"));
	assert_contains(text, "QUY ĐỊNH ÁP DỤNG CHƯA ĐƯỢC XÁC NHẬN");
	free(text);
}

static void the_disclaimer_is_the_last_line_and_alone_in_its_words(void **state)
{
	static const char *const last[] = { "theo quy định của pháp luật.",
		"for the competent authority under the law." };
	static const char *const begins[] = { "Phiếu này tổng hợp",
		"Computed from automatic" };
	static const char *const never[] = { "vi phạm", "gian lận", "phán quyết",
		"kết luận", "violation", "breach", "verdict", "fraud", "66,7", "66.7",
		"()", "{", "}", "  " };
	for (enum scene scene = 0; scene < SCENES; scene++)
		for (int language = 0; language < LANGUAGES; language++) {
			char *text = printed(*state, scene, language);
			size_t n = strlen(text), tail = strlen(last[language]);
			while (n > 0 && text[n - 1] == ' ')
				text[--n] = '\0';
			assert_string_equal(text + n - tail, last[language]);
			char *disclaimer = strstr(text, begins[language]);
			assert_non_null(disclaimer);
			*disclaimer = '\0';
			for (size_t i = 0; i < sizeof never / sizeof never[0]; i++)
				if (strstr(text, never[i]) != NULL)
					fail_msg("scene %d says \"%s\": %s", scene,
					        never[i], text);
			free(text);
		}
}

/* Long names make the letters smaller, never a second page, and nothing falls off it. */
static void every_sheet_is_one_tagged_page_with_its_fonts(void **state)
{
	const char *path = in_folder(*state, "sheet.pdf");
	for (enum scene scene = 0; scene < SCENES; scene++) {
		int code;
		written(sheet_scene(scene), scene % 2 == 0 ? VIETNAMESE : ENGLISH,
		        path);
		char *about = flatten(run_command(&code, "pdfinfo %s", path));
		assert_contains(about, "Pages: 1 ");
		assert_contains(about, "Tagged: yes");
		assert_contains(about, "A4");
		free(about);
		char *fonts = run_command(
		        &code, "pdffonts %s | awk 'NR>2 && $(NF-4)!=\"yes\"'", path);
		assert_string_equal(fonts, "");
		free(fonts);
	}
}

struct printed_word {
	double left, top, right, bottom;
	char text[64];
};

static size_t words_of(const char *path, struct printed_word *word, size_t most)
{
	int code;
	size_t n = 0;
	char *lines = run_command(&code, "pdftotext -bbox %s -", path), *save = NULL;
	for (char *l = strtok_r(lines, "\n", &save); l != NULL;
	        l = strtok_r(NULL, "\n", &save)) {
		struct printed_word w;
		int got = sscanf(l,
		        " <word xMin=\"%lf\" yMin=\"%lf\" xMax=\"%lf\" "
		        "yMax=\"%lf\">%63[^<]",
		        &w.left, &w.top, &w.right, &w.bottom, w.text);
		if (got == 5 && n < most)
			word[n++] = w;
	}
	free(lines);
	return n;
}

static double least(double a, double b)
{
	return a < b ? a : b;
}

static double most(double a, double b)
{
	return a > b ? a : b;
}

/* Do two words lie on each other?  Boxes of neighbouring lines touch, letters do not. */
static bool collide(const struct printed_word *a, const struct printed_word *b)
{
	double across = least(a->right, b->right) - most(a->left, b->left);
	double down = least(a->bottom, b->bottom) - most(a->top, b->top);
	return across > 0.5 &&
	       down > 0.4 * least(a->bottom - a->top, b->bottom - b->top);
}

static void nothing_falls_off_the_page_or_lies_on_other_words(void **state)
{
	static struct printed_word word[2000];
	const char *path = in_folder(*state, "sheet.pdf");
	for (int i = 0; i < SCENES * LANGUAGES; i++) {
		written(sheet_scene(i / 2), i % 2, path);
		size_t n = words_of(path, word, 2000);
		assert_in_range(n, 200, 1999);
		for (size_t a = 0; a < n; a++) {
			if (word[a].left < 40 || word[a].right > 556 ||
			        word[a].top < 20 || word[a].bottom > 825)
				fail_msg("scene %d: \"%s\" is off the page", i / 2,
				        word[a].text);
			for (size_t b = 0; b < a; b++)
				if (collide(&word[a], &word[b]))
					fail_msg("scene %d: \"%s\" lies on \"%s\"",
					        i / 2, word[a].text, word[b].text);
		}
	}
}

static void names_of_60_letters_fit(void **state)
{
	char *text = printed(*state, SCENE_MANY, VIETNAMESE);
	assert_contains(
	        text, "Công ty TNHH Một thành viên Chế biến dừa và thủy sản Mẫu Đông");
	assert_contains(text, "6/7 thông số vượt giá trị tối đa cho phép");
	assert_contains(text, "Các thông số khác vượt giá trị tối đa cho phép: SO₂, "
	                      "PM₁₀ (xem mục 3).");
	free(text);
}

static void the_same_sheet_gives_the_same_bytes(void **state)
{
	char *first, *second, *other;
	size_t n, m, k;
	const char *path = in_folder(*state, "sheet.pdf");
	written(sheet_scene(SCENE_OVER), VIETNAMESE, path);
	assert_int_equal(file_read(path, 1 << 20, &first, &n), OK);
	written(sheet_scene(SCENE_OVER), VIETNAMESE, path);
	assert_int_equal(file_read(path, 1 << 20, &second, &m), OK);
	assert_int_equal(n, m);
	assert_memory_equal(first, second, n);
	struct sheet *sheet = sheet_scene(SCENE_OVER);
	sheet->made_us += US_PER_DAY;
	written(sheet, VIETNAMESE, path);
	assert_int_equal(file_read(path, 1 << 20, &other, &k), OK);
	assert_false(k == n && memcmp(first, other, n) == 0);
	free(first);
	free(second);
	free(other);
}

static void the_digest_follows_the_figures_alone(void **state)
{
	char digest[DIGEST_HEX];
	struct sheet *sheet = sheet_scene(SCENE_OVER);
	strcpy(digest, sheet->digest);
	assert_int_equal(strlen(digest), 64);
	sheet->made_us += 1;
	strcpy(sheet->archive_state, "32 seals");
	sheet_digest(sheet);
	assert_string_equal(sheet->digest, digest);
	sheet->curve.value[17] += 1e-9;
	sheet_digest(sheet);
	assert_string_not_equal(sheet->digest, digest);
	sheet = sheet_scene(SCENE_OVER);
	sheet->assessment[1].valid--;
	sheet_digest(sheet);
	assert_string_not_equal(sheet->digest, digest);
}

static void names_from_outside_cannot_break_the_page(void **state)
{
	int code;
	struct sheet *sheet = sheet_scene(SCENE_OVER);
	((struct permit *)sheet->permit)->facility_name =
	        "A\n<b>&{value}**\x0e\xff 100 %s";
	const char *path = in_folder(*state, "sheet.pdf");
	written(sheet, VIETNAMESE, path);
	char *text = flatten(run_command(&code, "pdftotext -raw %s -", path));
	assert_contains(text, "A <b>&{value}**");
	assert_contains(text, "100 %s");
	free(text);
}

/* Every sync of this program comes here. */
static int sync_error;

int fsync(int fd)
{
	errno = sync_error;
	return sync_error == 0 ? 0 : -1;
}

static void the_cure_fits_what_stood_in_the_way(void **state)
{
	static const struct {
		int error;
		const char *says;
	} known[] = {
		{ ENOSPC, "no space is left there; free some" },
		{ EDQUOT, "no space is left there" },
		{ EACCES, "no permission; name a folder that you may write to" },
		{ EROFS, "read-only" },
		{ ENOENT, "the folder is not there; make it" },
		{ EIO, "Input/output error" },
	};
	struct sheet *sheet = sheet_scene(SCENE_OVER);
	for (size_t i = 0; i < sizeof known / sizeof known[0]; i++) {
		struct problem why = { 0 };
		sync_error = known[i].error;
		assert_int_not_equal(sheet_write(sheet, ENGLISH,
		                             in_folder(*state, "sheet.pdf"), &why),
		        OK);
		assert_contains(why.text, "sheet.pdf: cannot write the sheet: ");
		assert_contains(why.text, known[i].says);
	}
	sync_error = 0;
}

static void a_sheet_that_cannot_be_written_says_why(void **state)
{
	struct problem why = { 0 };
	struct sheet *sheet = sheet_scene(SCENE_OVER);
	assert_int_not_equal(sheet_write(sheet, ENGLISH,
	                             in_folder(*state, "no/such/sheet.pdf"), &why),
	        OK);
	assert_contains(why.text, "no/such/sheet.pdf: cannot write the sheet: the "
	                          "folder is not there; make it, or name another");
	sheet->n = 0;
	assert_int_equal(
	        sheet_write(sheet, ENGLISH, in_folder(*state, "sheet.pdf"), &why),
	        NOT_FOUND);
	assert_contains(why.text, "quantrac permit list");
}

#define WITH_FOLDER(f) cmocka_unit_test_setup_teardown(f, scratch_make, scratch_remove)

int main(void)
{
	const struct CMUnitTest tests[] = {
		WITH_FOLDER(simulated_data_say_so_first),
		WITH_FOLDER(the_disclaimer_is_the_last_line_and_alone_in_its_words),
		WITH_FOLDER(every_sheet_is_one_tagged_page_with_its_fonts),
		WITH_FOLDER(nothing_falls_off_the_page_or_lies_on_other_words),
		WITH_FOLDER(names_of_60_letters_fit),
		WITH_FOLDER(the_same_sheet_gives_the_same_bytes),
		WITH_FOLDER(the_digest_follows_the_figures_alone),
		WITH_FOLDER(names_from_outside_cannot_break_the_page),
		WITH_FOLDER(the_cure_fits_what_stood_in_the_way),
		WITH_FOLDER(a_sheet_that_cannot_be_written_says_why),
	};
	return cmocka_run_group_tests_name("sheet: the page", tests, NULL, NULL);
}
