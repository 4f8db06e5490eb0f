/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Help from the tables: how a value is written, and `config explain`. */
#include <math.h>
#include <string.h>

#include "base/config_parts.h"
#include "base/json.h"

/* clang-format off */
static const struct {
	const char *name, *name_vi, *how, *how_vi;
} type_words[] = {
	[FIELD_TEXT] = { "text", "chữ", "write a text", "ghi một đoạn chữ" },
	[FIELD_ID] = { "id", "mã",
		"write small letters, digits, '_' and '-', beginning with a letter or a digit",
		"ghi chữ thường không dấu, chữ số, '_' và '-', bắt đầu bằng chữ hoặc số" },
	[FIELD_INTEGER] = { "whole number", "số nguyên",
		"write a whole number", "ghi số nguyên" },
	[FIELD_NUMBER] = { "number", "số",
		"write a number with a decimal point, for example 0.5", "ghi số, dùng dấu chấm thập phân, ví dụ 0.5" },
	[FIELD_BOOLEAN] = { "yes or no", "có hoặc không", "write yes or no", "ghi yes (có) hoặc no (không)" },
	[FIELD_DURATION] = { "duration", "khoảng thời gian",
		"write a number and ms, s, min, h or d, for example 5min",
		"ghi số và ms, s, min, h hoặc d, ví dụ 5min" },
	[FIELD_QUANTITY] = { "quantity with its unit", "đại lượng có đơn vị",
		"write a number and its unit", "ghi số và đơn vị" },
	[FIELD_PERCENT] = { "percentage", "phần trăm",
		"write a number and %, for example 75%", "ghi số và %, ví dụ 75%" },
	[FIELD_CHOICE] = { "one of the choices", "một trong các lựa chọn", "write one of", "ghi một trong" },
	[FIELD_TIME] = { "time", "thời điểm",
		"write legal time or a date, for example 2026-11-15T08:48 or 2026-11-15",
		"ghi giờ chính thức hoặc ngày, ví dụ 2026-11-15T08:48 hoặc 2026-11-15" },
	[FIELD_OFFSET] = { "offset from UTC", "độ lệch so với UTC",
		"write hours and minutes, for example \"+07:00\"", "ghi giờ và phút, ví dụ \"+07:00\"" },
	[FIELD_SECTION] = { "map of keys", "nhóm khóa",
		"write 'key: value' lines, indented below it", "ghi các dòng 'khóa: giá trị', thụt vào dưới nó" },
	[FIELD_SECTIONS] = { "list of maps", "danh sách nhóm khóa",
		"write a list: every item begins with '- ' and holds 'key: value' lines",
		"ghi danh sách: mỗi mục bắt đầu bằng '- ' và gồm các dòng 'khóa: giá trị'" },
	[FIELD_TEXTS] = { "list of texts", "danh sách chữ",
		"write a list, for example [one, two]", "ghi danh sách, ví dụ [một, hai]" },
	[FIELD_NUMBERS] = { "list of numbers", "danh sách số",
		"write a list of numbers, for example [1, 2.5]", "ghi danh sách số, ví dụ [1, 2.5]" },
	[FIELD_MAP] = { "map of texts", "nhóm khóa tự do",
		"write 'key: value' lines, with keys of your own", "ghi các dòng 'khóa: giá trị', khóa tự đặt" },
	[FIELD_ANY] = { "anything", "tùy ý", "write anything", "ghi tùy ý" },
};
/* clang-format on */

static void print_bound(const struct field *field, double bound, char out[64])
{
	char number[32];
	const char *unit = "", *blank = "";
	if (field->type == FIELD_DURATION)
		unit = "s";
	else if (field->type == FIELD_PERCENT)
		unit = "%";
	else if (field->unit != NULL) {
		unit = field->unit;
		blank = " ";
	}
	snprintf(out, 64, "%s%s%.24s", number_print(bound, number), blank, unit);
}

const char *config_range(const struct field *field, char *out, size_t room)
{
	char low[64], high[64];
	bool none =
	        fpclassify(field->low) == FP_ZERO && fpclassify(field->high) == FP_ZERO;
	bool texts = field->type == FIELD_TEXT || field->type == FIELD_ID ||
	             field->type == FIELD_TEXTS;
	out[0] = '\0';
	if (none || texts)
		return out;
	print_bound(field, field->low, low);
	print_bound(field, field->high, high);
	snprintf(out, room, "%s..%s", low, high);
	return out;
}

static void add(char *out, size_t room, const char *text)
{
	size_t n = strlen(out);
	snprintf(out + n, room - n, "%s", text);
}

static void add_choices(const struct field *field, char *out, size_t room)
{
	for (size_t i = 0; field->choices[i] != NULL; i++) {
		add(out, room, i > 0 ? ", " : "");
		add(out, room, field->choices[i]);
	}
}

const char *config_type_how(enum field_type type, bool vietnamese)
{
	return vietnamese ? type_words[type].how_vi : type_words[type].how;
}

const char *config_how(
        const struct field *field, bool vietnamese, char *out, size_t room)
{
	char range[128];
	snprintf(out, room, "%s", config_type_how(field->type, vietnamese));
	if (field->type == FIELD_CHOICE) {
		add(out, room, ": ");
		add_choices(field, out, room);
	} else if (field->type == FIELD_QUANTITY) {
		add(out, room, vietnamese ? ", ví dụ 75 " : ", for example 75 ");
		add(out, room, field->unit);
	} else if (field->type == FIELD_INTEGER &&
	           config_range(field, range, sizeof range)[0]) {
		add(out, room, vietnamese ? " trong " : " in ");
		add(out, room, range);
	}
	return out;
}

static void print_line(FILE *out, const char *title, const char *text)
{
	if (text != NULL && text[0] != '\0')
		fprintf(out, "  %s: %s\n", title, text);
}

static void print_keys(const struct section *section, bool vi, FILE *out)
{
	const struct field *f;
	for (size_t i = 0; (f = section_field(section, i)) != NULL; i++) {
		const char *help = vi && f->help_vi != NULL ? f->help_vi : f->help;
		fprintf(out, "    %-20s %s%s%s\n", f->key, f->required ? "(*) " : "",
		        help != NULL ? help : "", f->section != NULL ? " ..." : "");
	}
	fprintf(out, vi ? "  (*) bắt buộc\n" : "  (*) required\n");
}

static void print_field(const struct field *field, const char *key, bool vi, FILE *out)
{
	char text[256];
	const char *type =
	        vi ? type_words[field->type].name_vi : type_words[field->type].name;
	fprintf(out, "%s: %s%s\n", key, type,
	        !field->required ? ""
	        : vi             ? ", bắt buộc"
	                         : ", required");
	const char *help = vi && field->help_vi != NULL ? field->help_vi : field->help;
	if (help != NULL)
		fprintf(out, "  %s\n", help);
	print_line(out, vi ? "cách ghi" : "written",
	        config_how(field, vi, text, sizeof text));
	print_line(
	        out, vi ? "khoảng" : "range", config_range(field, text, sizeof text));
	print_line(out, vi ? "đơn vị" : "unit", field->unit);
	print_line(out, vi ? "mặc định" : "default", field->fallback);
	if (field->section != NULL) {
		fprintf(out, vi ? "  các khóa bên trong:\n" : "  keys inside:\n");
		print_keys(field->section, vi, out);
	}
}

#define DEPTH_MOST 6
#define FOUND_MOST 8

struct asked {
	const struct section *root;
	const char *key;
	bool vi;
	FILE *out;
};

/* Tells the keys at any depth that end in this word; `path` is where the section is. */
static size_t print_ending(const struct asked *asked, const struct section *section,
        const char *path, size_t found)
{
	const char *dot = strrchr(asked->key, '.');
	const char *word = dot != NULL ? dot + 1 : asked->key;
	size_t depth = 0;
	for (const char *in = path; (in = strchr(in, '.')) != NULL; in++)
		depth++;
	const struct field *f;
	for (size_t i = 0; (f = section_field(section, i)) != NULL; i++) {
		char below[256];
		if (strcmp(f->key, word) == 0 && found < FOUND_MOST)
			fprintf(asked->out, "%s'%s%s'",
			        found++ > 0 ? ", "
			        : asked->vi ? "; ý bạn là "
			                    : "; did you mean ",
			        path, f->key);
		snprintf(below, sizeof below, "%s%s.", path, f->key);
		if (f->section != NULL && depth < DEPTH_MOST)
			found = print_ending(asked, f->section, below, found);
	}
	return found;
}

/* Word of the key is none of this section's: it may stand elsewhere, else be misspelt. */
static int print_unknown(
        const struct asked *asked, const struct section *section, const char *word)
{
	const char *known[128] = { NULL };
	size_t n = 0;
	FILE *out = asked->out;
	while (n < 127 && section_field(section, n) != NULL) {
		known[n] = section_field(section, n)->key;
		n++;
	}
	const char *meant = did_you_mean(word, known);
	fprintf(out, asked->vi ? "không có khóa '%s' trong %s" : "no key '%s' in %s",
	        word, section->name);
	if (print_ending(asked, asked->root, "", 0) > 0)
		putc('?', out);
	else if (meant != NULL)
		fprintf(out, asked->vi ? "; ý bạn là '%s'?" : "; did you mean '%s'?",
		        meant);
	putc('\n', out);
	return NOT_FOUND;
}

int config_explain(
        const struct section *section, const char *key, bool vietnamese, FILE *out)
{
	const struct asked asked = { section, key, vietnamese, out };
	const char *at = key;
	if (*at == '\0') {
		fprintf(out, "%s:\n", section->name);
		print_keys(section, vietnamese, out);
		return OK;
	}
	for (;;) {
		char word[64];
		size_t n = strcspn(at, ".");
		snprintf(word, sizeof word, "%.*s", (int)(n < 63 ? n : 63), at);
		word[strcspn(word, "[")] =
		        '\0'; /* "instruments[2].line" will do as well */
		const struct field *field = NULL;
		for (size_t i = 0; (field = section_field(section, i)) != NULL; i++)
			if (strcmp(field->key, word) == 0)
				break;
		if (field == NULL)
			return print_unknown(&asked, section, word);
		at += n;
		if (*at == '\0') {
			print_field(field, key, vietnamese, out);
			return OK;
		}
		if (field->section == NULL)
			return print_unknown(&asked,
			        &(struct section){ .name = field->key,
			                .field = &(struct field){ 0 } },
			        at + 1);
		section = field->section;
		at++;
	}
}
