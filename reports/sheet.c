/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "reports/sheet.h"

#include <math.h>
#include <string.h>

#include "base/json.h"
#include "base/legal_time.h"

/* ---- order ---- */

static int rank(const struct assessment *a)
{
	static const int of[] = { [RESULT_OVER] = 0,
		[RESULT_NOT_DECIDABLE] = 1,
		[RESULT_WITHIN] = 2,
		[RESULT_NOT_APPLICABLE] = 3 };
	return a->result <= RESULT_NOT_APPLICABLE ? of[a->result] : 1;
}

static bool comes_before(const struct assessment *a, const struct assessment *b)
{
	if (rank(a) != rank(b))
		return rank(a) < rank(b);
	if (a->result == RESULT_WITHIN)
		return a->outside_s > b->outside_s;
	if (a->result != RESULT_OVER)
		return false;
	double ratio_a = isfinite(a->ratio) ? a->ratio : 0;
	double ratio_b = isfinite(b->ratio) ? b->ratio : 0;
	return ratio_a > ratio_b;
}

void sheet_order(struct assessment *assessment, size_t n)
{
	for (size_t i = 1; i < n; i++) {
		struct assessment one = assessment[i];
		size_t to = i;
		for (; to > 0 && comes_before(&one, &assessment[to - 1]); to--)
			assessment[to] = assessment[to - 1];
		assessment[to] = one;
	}
}

/* ---- means over less than a day ---- */

static struct sheet_shorter *find_shorter(
        struct sheet *sheet, const struct assessment *a)
{
	for (size_t i = 0; i < sheet->n_shorter; i++) {
		const struct assessment *known = &sheet->shorter[i].highest;
		if (known->rule == a->rule && known->stage == a->stage &&
		        strcmp(known->channel, a->channel) == 0)
			return &sheet->shorter[i];
	}
	if (sheet->n_shorter == SHEET_SHORTER)
		return NULL;
	struct sheet_shorter *one = &sheet->shorter[sheet->n_shorter++];
	*one = (struct sheet_shorter){ .highest = *a };
	one->highest.permit = NULL;
	one->highest.value = NAN;
	one->highest.n_spans = one->highest.n_excursions = 0;
	one->highest.span = NULL;
	one->highest.excursion = NULL;
	return one;
}

void sheet_take_shorter(struct sheet *sheet, const struct assessment *a)
{
	struct sheet_shorter *one = find_shorter(sheet, a);
	if (one == NULL)
		return;
	bool over = a->result == RESULT_OVER;
	bool higher = isnan(one->highest.value) || a->value > one->highest.value;
	if ((over && one->over == 0) || (higher && over == (one->over > 0))) {
		one->highest = *a;
		one->highest.permit = NULL;
		one->highest.n_spans = one->highest.n_excursions = 0;
		one->highest.span = NULL;
		one->highest.excursion = NULL;
	}
	one->n++;
	one->over += over;
	one->undecided += a->result == RESULT_NOT_DECIDABLE;
	one->refused += a->result == RESULT_NOT_APPLICABLE;
}

/* ---- digest ---- */

static void add_text(struct digest *digest, const char *key, const char *text)
{
	digest_add(digest, key, strlen(key));
	digest_add(digest, " ", 1);
	digest_add(digest, text, strlen(text));
	digest_add(digest, "\n", 1);
}

static void add_number(struct digest *digest, const char *key, double value)
{
	char text[32];
	add_text(digest, key, number_print(value, text));
}

static void add_assessment(struct digest *digest, const struct assessment *a)
{
	char from[TIME_TEXT], to[TIME_TEXT];
	add_text(digest, "assessment", a->id);
	add_text(digest, "rule", a->rule->hash);
	add_text(digest, "unit", a->parameter->unit);
	add_text(digest, "from", time_print(a->start_us, a->utc_offset_min, from));
	add_text(digest, "to", time_print(a->end_us, a->utc_offset_min, to));
	add_number(digest, "value", a->value);
	add_number(digest, "low", a->limit.low);
	add_number(digest, "high", a->limit.high);
	add_text(digest, "result", result_text(a->result));
	add_text(digest, "strength", strength_text(a->strength));
	add_number(digest, "expected", a->expected);
	add_number(digest, "received", a->received);
	add_number(digest, "valid", a->valid);
	for (int i = 0; i < COUNTS_AS; i++)
		add_number(digest, "counts", a->of[i]);
}

void sheet_digest(struct sheet *sheet)
{
	uint8_t sum[DIGEST_SIZE];
	struct digest *digest = digest_new();
	if (digest == NULL) {
		sheet->digest[0] = '\0';
		return;
	}
	digest_begin(digest);
	add_text(digest, "quantrac sheet", sheet->id);
	for (size_t i = 0; i < sheet->n; i++)
		add_assessment(digest, &sheet->assessment[i]);
	for (size_t i = 0; i < sheet->n_shorter; i++) {
		add_assessment(digest, &sheet->shorter[i].highest);
		add_number(digest, "periods", (double)sheet->shorter[i].n);
		add_number(digest, "over", (double)sheet->shorter[i].over);
		add_number(digest, "undecided", (double)sheet->shorter[i].undecided);
	}
	for (size_t i = 0; i < sheet->curve.n; i++) {
		add_number(digest, "base", sheet->curve.value[i]);
		add_number(digest, "as", sheet->curve.what[i]);
	}
	digest_end(digest, sum);
	digest_free(digest);
	digest_print(sum, sheet->digest);
}
