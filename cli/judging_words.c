/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cli/judging_words.h"

#include <assert.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "cli/decimal.h"
#include "reports/words.h"

bool judging_vietnamese(const struct common *common)
{
	return common->format == TABLE_TEXT && common_vietnamese(common);
}

/* ---- headings ---- */

static const struct {
	const char *name, *title;
} headings[] = {
	{ "kind", "LOẠI" },
	{ "station", "TRẠM" },
	{ "outlet", "ĐIỂM XẢ" },
	{ "channel", "THÔNG SỐ" },
	{ "rule", "QUY CHUẨN" },
	{ "stage", "KỲ" },
	{ "statistic", "KỲ" },
	{ "start", "TỪ" },
	{ "end", "ĐẾN" },
	{ "value", "GIÁ TRỊ" },
	{ "limit", "GIỚI HẠN" },
	{ "unit", "ĐƠN VỊ" },
	{ "ratio", "TỶ SỐ" },
	{ "result", "KẾT QUẢ" },
	{ "strength", "ĐỘ KHÔNG ĐẢM BẢO ĐO" },
	{ "valid", "HỢP LỆ" },
	{ "expected", "PHẢI CÓ" },
	{ "note", "GHI CHÚ" },
};

static const char *heading_of(const char *name)
{
	for (size_t i = 0; i < sizeof headings / sizeof headings[0]; i++)
		if (strcmp(headings[i].name, name) == 0)
			return headings[i].title;
	return NULL;
}

const struct table_column *judging_headings(const struct table_column *columns,
        bool vietnamese, struct table_column out[JUDGING_COLUMNS])
{
	size_t n = 0;
	if (!vietnamese)
		return columns;
	for (; columns[n].name != NULL; n++) {
		assert(n + 1 < JUDGING_COLUMNS);
		out[n] = columns[n];
		out[n].title = heading_of(columns[n].name);
	}
	out[n] = (struct table_column){ .name = NULL };
	return out;
}

/* ---- words ---- */

const char *judging_word(const char *word, bool vietnamese)
{
	static const char *const words[][2] = {
		{ "legal", "theo quy chuẩn" },
		{ "ambient", "không khí xung quanh" },
		{ "episode", "đợt vượt ngưỡng" },
		{ "day", "ngày" },
		{ "1h", "1 giờ" },
		{ "8h", "8 giờ" },
		{ "24h", "24 giờ" },
		{ "peak", "cao nhất" },
		{ "over level", "trên ngưỡng" },
		{ "under level", "dưới ngưỡng" },
	};
	for (size_t i = 0; vietnamese && i < sizeof words / sizeof words[0]; i++)
		if (strcmp(words[i][0], word) == 0)
			return words[i][1];
	return word;
}

const char *judging_result(const struct assessment *a, bool vietnamese)
{
	static const enum word words[] = { [RESULT_WITHIN] = WORD_WITHIN_SHORT,
		[RESULT_OVER] = WORD_OVER_SHORT,
		[RESULT_NOT_DECIDABLE] = WORD_NOT_DECIDABLE_SHORT,
		[RESULT_NOT_APPLICABLE] = WORD_NOT_APPLICABLE_SHORT };
	return vietnamese ? word_text(VIETNAMESE, words[a->result])
	                  : result_text(a->result);
}

const char *judging_strength(const struct assessment *a, bool vietnamese)
{
	static const char *const words[] = { [STRENGTH_NONE] = "",
		[STRENGTH_WITHIN] = "trong phạm vi",
		[STRENGTH_BEYOND] = "ngoài phạm vi" };
	return vietnamese ? words[a->strength] : strength_text(a->strength);
}

/* ---- why ---- */

static const char *refusal(const struct assessment *a)
{
	switch (a->refusal) {
	case REFUSAL_RULE:
		return word_text(VIETNAMESE, WORD_REFUSAL_RULE);
	case REFUSAL_LIMIT:
		return word_text(VIETNAMESE, WORD_REFUSAL_LIMIT);
	case REFUSAL_CHANGED:
		return word_text(VIETNAMESE, WORD_REFUSAL_CHANGED);
	case REFUSAL_BASIS:
		return word_text(VIETNAMESE, WORD_REFUSAL_BASIS);
	default:
		return a->note;
	}
}

static void note_undecided(const struct assessment *a, int decimals, char *out)
{
	/* with enough values only a range that hides the limit leaves it open; nothing
	 * but the note tells whether they were enough */
	bool hidden = a->censored > 0 && a->range_top <= a->limit.high &&
	              strncmp(a->note, "too few", 7) != 0;
	if (a->about.name == NULL)
		snprintf(out, JUDGING_NOTE,
		        "trạm không có thiết bị nào đo thông số này");
	else if (hidden)
		snprintf(out, JUDGING_NOTE,
		        "phạm vi đo đến %g %s, không cao hơn giới hạn %g: %u giá trị ở "
		        "giới hạn trên của phạm vi đo có thể vượt",
		        a->range_top, a->parameter->unit, a->limit.high, a->censored);
	else if (!isnan(a->lower_bound) && !isnan(a->upper_bound))
		snprintf(out, JUDGING_NOTE,
		        "quá ít số liệu hợp lệ: tính cả phần thiếu thì từ %.*f đến "
		        "%.*f "
		        "%s",
		        decimals, a->lower_bound, decimals, a->upper_bound,
		        a->parameter->unit);
	else
		snprintf(out, JUDGING_NOTE, "quá ít số liệu hợp lệ");
}

static void note_decided(const struct assessment *a, int decimals, char *out)
{
	const char *unit = a->parameter->unit;
	if (a->by == BY_LOWER_BOUND)
		snprintf(out, JUDGING_NOTE,
		        "quá ít số liệu hợp lệ, nhưng tính phần thiếu bằng 0 vẫn là "
		        "%.*f "
		        "%s",
		        decimals, a->lower_bound, unit);
	else if (a->by == BY_UPPER_BOUND)
		snprintf(out, JUDGING_NOTE,
		        "quá ít số liệu hợp lệ, nhưng tính phần thiếu bằng giới hạn "
		        "trên "
		        "của phạm vi đo cũng chỉ là %.*f %s",
		        decimals, a->upper_bound, unit);
	else
		snprintf(out, JUDGING_NOTE,
		        "%u giá trị không được tính có thể làm thay đổi kết quả: tính "
		        "cả "
		        "chúng thì từ %.*f đến %.*f %s",
		        a->expected - a->valid, decimals, a->lower_bound, decimals,
		        a->upper_bound, unit);
}

const char *judging_note(
        const struct assessment *a, bool vietnamese, char out[JUDGING_NOTE])
{
	int decimals = a->limit.decimals + 1;
	if (!vietnamese || a->note[0] == '\0')
		return a->note;
	if (a->by == BY_REFUSAL)
		return refusal(a);
	if (a->by == BY_NO_OPERATION)
		snprintf(out, JUDGING_NOTE, "nguồn thải dừng hoạt động suốt kỳ");
	else if (a->by == BY_SHORT_OPERATION)
		snprintf(out, JUDGING_NOTE,
		        "nguồn thải hoạt động %.0f phút, ít hơn %.0f phút",
		        a->operating_s / 60, a->stage->min_operating_s / 60);
	else if (a->by == BY_NOTHING)
		note_undecided(a, decimals, out);
	else
		note_decided(a, decimals, out);
	decimal_commas(out);
	return out;
}

/* ---- nothing ---- */

const char *judging_no_rule(
        const struct judging *judging, bool vietnamese, char out[JUDGING_NOTE])
{
	static const char *const ambient[] = {
		"no station of the ambient air has a rule that is in force",
		"không có trạm không khí xung quanh nào có quy chuẩn đang có hiệu lực"
	};
	static const char *const limit[] = { ", or no rule in force limits '",
		", hoặc không quy chuẩn nào đang có hiệu lực quy định giới hạn của '" };
	const char *channel = judging->channel;
	const char *reason =
	        judging->kind != NULL && strcmp(judging->kind, "ambient") == 0
	                ? ambient[vietnamese]
	                : word_text(vietnamese ? VIETNAMESE : ENGLISH, WORD_NO_PERMIT);
	snprintf(out, JUDGING_NOTE, "%s: %s%s%s%s",
	        vietnamese ? "không có kết quả đánh giá nào" : "nothing was judged",
	        reason, channel != NULL ? limit[vietnamese] : "",
	        channel != NULL ? channel : "", channel != NULL ? "'" : "");
	return out;
}

const char *judging_no_period(bool vietnamese, bool all_read)
{
	static const char *const words[2][2] = {
		{ "nothing was judged: no period of what was asked for has data that "
		  "could be read and has ended\n",
		        "không có kết quả đánh giá nào: trong phần được hỏi không có "
		        "kỳ "
		        "nào có số liệu đọc được và đã kết thúc\n" },
		{ "nothing was judged: no period of what was asked for has data and "
		  "has ended\n",
		        "không có kết quả đánh giá nào: trong phần được hỏi không có "
		        "kỳ "
		        "nào có số liệu và đã kết thúc\n" },
	};
	return words[all_read][vietnamese];
}
