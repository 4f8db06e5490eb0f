/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A sheet as PDF, as plain text and as JSON. */
#include "base/json.h"
#include "base/legal_time.h"
#include "reports/draw.h"

/* The form of a sheet, or the reason why there is none. */
static int make(struct form *form, const struct sheet *sheet, enum language language,
        struct problem *why)
{
	int status = form_make(form, sheet, language);
	if (status == NOT_FOUND)
		return problem_set(why, NOT_FOUND, EXIT_NO_FILE,
		        "%s: nothing was assessed on this day; a sheet needs a permit "
		        "in force "
		        "(quantrac permit list) and a day that has ended",
		        sheet->id);
	if (status != OK)
		return problem_set(why, FAILED, EXIT_TRY_AGAIN, "%s: not enough memory",
		        sheet->id);
	return OK;
}

/* ---- PDF ---- */

int sheet_write(const struct sheet *sheet, enum language language, const char *path,
        struct problem *why)
{
	struct form form;
	struct page *page = NULL;
	int status = make(&form, sheet, language, why);
	if (status == OK) {
		const struct page_about about = {
			.title = texts_add(
			        &form.texts, "%s – %s", form.title, sheet->id),
			.author = sheet->station,
			.subject = form.period,
			.created_us = sheet->made_us,
			.utc_offset_min = sheet->utc_offset_min,
		};
		status = page_new(&page, &about);
		if (status == OK) {
			form_draw(page, &form, sheet);
			status = page_write(page, path, why);
		} else {
			status = problem_set(why, FAILED, EXIT_INTERNAL,
			        "%s: cannot begin a PDF page", path);
		}
	}
	page_free(page);
	form_free(&form);
	return status;
}

/* ---- text ---- */

static void text_line(const char *text, FILE *out)
{
	fprintf(out, "%s\n", text);
}

static void text_part(
        struct form *form, int part, const struct form_lines *lines, FILE *out)
{
	fprintf(out, "\n%s\n", form->part[part]);
	for (size_t i = 0; lines != NULL && i < lines->n; i++)
		fprintf(out, "  %-22s %s\n", lines->line[i].label,
		        texts_plain(&form->texts, lines->line[i].text));
}

static void text_table(const struct form *form, FILE *out)
{
	for (size_t i = 0; i < form->n_rows; i++)
		for (int c = 0; c < FORM_COLUMNS; c++)
			fprintf(out, "%s%s%s", c == 0 ? "  " : "", form->row[i].cell[c],
			        c < FORM_COLUMNS - 1 ? " | " : "\n");
}

static void text_all(struct form *form, FILE *out)
{
	for (size_t i = 0; i < form->n_banners; i++)
		text_line(form->banner[i], out);
	text_line(form->sheet, out);
	text_line(form->title, out);
	text_line(form->period, out);
	text_line(form->identity, out);
	text_line(form->made, out);
	text_part(form, 0, &form->about, out);
	text_part(form, 1, NULL, out);
	text_line(form->headline, out);
	for (size_t i = 0; i < form->results.n; i++)
		fprintf(out, "  %s %s\n", form->results.line[i].label,
		        texts_plain(&form->texts, form->results.line[i].text));
	text_part(form, 2, NULL, out);
	text_table(form, out);
	text_part(form, 4, &form->basis, out);
	text_part(form, 5, &form->condition, out);
	text_part(form, 6, &form->gaps, out);
	fputc('\n', out);
	for (size_t i = 0; i < form->foot.n; i++)
		fprintf(out, "%s: %s\n", form->foot.line[i].label,
		        form->foot.line[i].text);
	text_line(texts_plain(&form->texts, form->disclaimer), out);
}

int sheet_text(const struct sheet *sheet, enum language language, FILE *out)
{
	struct form form;
	int status = make(&form, sheet, language, NULL);
	if (status == OK)
		text_all(&form, out);
	form_free(&form);
	return status == OK && ferror(out) ? FAILED : status;
}

/* ---- JSON ---- */

static void json_assessment(struct json *json, const struct assessment *a)
{
	char time[TIME_TEXT];
	json_object(json);
	json_put_text(json, "id", a->id);
	json_put_text(json, "channel", a->channel);
	json_put_text(json, "start", time_print(a->start_us, a->utc_offset_min, time));
	json_put_text(json, "end", time_print(a->end_us, a->utc_offset_min, time));
	json_put_number(json, "value", a->value);
	json_put_text(json, "unit", a->parameter->unit);
	json_put_number(json, "low", a->limit.low);
	json_put_number(json, "limit", a->limit.high);
	json_put_number(json, "ratio", a->ratio);
	json_put_text(json, "result", result_text(a->result));
	json_put_text(json, "strength", strength_text(a->strength));
	json_put_integer(json, "valid", a->valid);
	json_put_integer(json, "expected", a->expected);
	json_put_text(json, "rule", a->rule->id);
	json_put_text(json, "rule_hash", a->rule->hash);
	json_end(json);
}

static void json_gap(struct json *json, const struct gap *gap, int offset_min)
{
	char time[TIME_TEXT], reason[900];
	json_object(json);
	json_put_text(json, "instrument", gap->instrument);
	json_put_text(json, "channel", gap->channel);
	json_put_text(json, "from", time_print(gap->from_us, offset_min, time));
	json_put_text(json, "to", time_print(gap->to_us, offset_min, time));
	json_put_bool(json, "open", gap->open);
	json_put_text(json, "cause", gap_cause_text(gap->cause));
	json_put_bool(json, "loss", gap_is_loss(gap));
	json_put_integer(json, "expected", (int64_t)gap->expected);
	json_put_integer(json, "valid", (int64_t)gap->valid);
	json_put_integer(json, "records", (int64_t)gap->records);
	json_put_text(json, "reason", gap_reason(gap, reason, sizeof reason));
	json_end(json);
}

static void json_lines(struct json *json, struct form *form, const char *key,
        const struct form_lines *lines)
{
	json_key(json, key);
	json_array(json);
	for (size_t i = 0; i < lines->n; i++)
		json_text(json, texts_plain(&form->texts, lines->line[i].text));
	json_end(json);
}

static void json_all(struct json *json, struct form *form, const struct sheet *sheet)
{
	char time[TIME_TEXT];
	json_object(json);
	json_put_text(json, "id", sheet->id);
	json_put_text(json, "station", sheet->station);
	json_put_bool(json, "simulated", sheet->simulated);
	json_put_integer(json, "version", sheet->version);
	json_put_text(
	        json, "made", time_print(sheet->made_us, sheet->utc_offset_min, time));
	json_put_text(json, "title", form->title);
	json_put_text(json, "headline", form->headline);
	json_lines(json, form, "results", &form->results);
	json_lines(json, form, "condition", &form->condition);
	json_key(json, "assessments");
	json_array(json);
	for (size_t i = 0; i < sheet->n; i++)
		json_assessment(json, &sheet->assessment[i]);
	json_end(json);
	json_key(json, "gaps");
	json_array(json);
	for (size_t i = 0; i < sheet->n_gaps; i++)
		json_gap(json, &sheet->gap[i], sheet->utc_offset_min);
	json_end(json);
	json_put_text(json, "archive_state", sheet->archive_state);
	json_put_text(json, "digest", sheet->digest);
	if (sheet->mark[0] != '\0')
		json_put_text(json, "checkpoint", sheet->mark);
	json_put_text(json, "disclaimer", texts_plain(&form->texts, form->disclaimer));
	json_end(json);
}

int sheet_json(const struct sheet *sheet, enum language language, FILE *out)
{
	struct form form;
	struct json json;
	int status = make(&form, sheet, language, NULL);
	if (status == OK) {
		json_start(&json, out);
		json_all(&json, &form, sheet);
		fputc('\n', out);
	}
	form_free(&form);
	return status == OK && ferror(out) ? FAILED : status;
}
