/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "calibration/calibration_document.h"

#include <stdlib.h>

#include "base/json.h"
#include "base/legal_time.h"

struct form {
	const char *kind;
	struct calibration calibration;
	int64_t n;
	size_t n_y, n_u;
};

#define AT(member) offsetof(struct form, calibration.member)

// clang-format off
static const struct field form_fields[] = {
	{ .key = "kind", .type = FIELD_TEXT, .at = offsetof(struct form, kind), .required = true,
	  .help = "\"calibration\".", .help_vi = "\"calibration\"." },
	{ .key = "id", .type = FIELD_ID, .at = AT(id), .required = true,
	  .help = "Name of this calibration.", .help_vi = "Mã của lần hiệu chuẩn." },
	{ .key = "station", .type = FIELD_ID, .at = AT(station), .high = SOURCE_SIZE, .required = true,
	  .help = "Station.", .help_vi = "Mã trạm." },
	{ .key = "instrument", .type = FIELD_TEXT, .at = AT(instrument),
	  .help = "Instrument.", .help_vi = "Thiết bị." },
	{ .key = "channel", .type = FIELD_ID, .at = AT(channel), .required = true,
	  .help = "Channel.", .help_vi = "Kênh đo." },
	{ .key = "done", .type = FIELD_TIME, .at = AT(done_us),
	  .help = "When it was done.", .help_vi = "Thời điểm thực hiện." },
	{ .key = "from", .type = FIELD_TIME, .at = AT(from_us), .required = true,
	  .help = "Valid from.", .help_vi = "Áp dụng từ." },
	{ .key = "to", .type = FIELD_TIME, .at = AT(to_us),
	  .help = "Valid until, not included; absent: until the next one.",
	  .help_vi = "Áp dụng đến (không gồm thời điểm này); bỏ trống: đến lần sau." },
	{ .key = "who", .type = FIELD_TEXT, .at = AT(who),
	  .help = "Who did it.", .help_vi = "Người thực hiện." },
	{ .key = "note", .type = FIELD_TEXT, .at = AT(note),
	  .help = "What a reader should know.", .help_vi = "Ghi chú." },
	{ .key = "certificate", .type = FIELD_TEXT, .at = AT(certificate),
	  .help = "Number of the certificate.", .help_vi = "Số giấy chứng nhận." },
	{ .key = "a", .type = FIELD_NUMBER, .at = AT(relation.a), .required = true,
	  .help = "Intercept: reference = a + b x indication.", .help_vi = "Hệ số chặn: chuẩn = a + b x chỉ thị." },
	{ .key = "b", .type = FIELD_NUMBER, .at = AT(relation.b), .required = true,
	  .help = "Slope.", .help_vi = "Hệ số góc." },
	{ .key = "var_a", .type = FIELD_NUMBER, .at = AT(relation.var_a), .fallback = "0",
	  .help = "Variance of a.", .help_vi = "Phương sai của a." },
	{ .key = "var_b", .type = FIELD_NUMBER, .at = AT(relation.var_b), .fallback = "0",
	  .help = "Variance of b.", .help_vi = "Phương sai của b." },
	{ .key = "cov_ab", .type = FIELD_NUMBER, .at = AT(relation.cov_ab), .fallback = "0",
	  .help = "Covariance of a and b.", .help_vi = "Hiệp phương sai của a và b." },
	{ .key = "chi2", .type = FIELD_NUMBER, .at = AT(relation.chi2),
	  .help = "Weighted sum of squares of the residuals.", .help_vi = "Tổng bình phương phần dư có trọng số." },
	{ .key = "s", .type = FIELD_NUMBER, .at = AT(relation.s),
	  .help = "Standard deviation of the residuals.", .help_vi = "Độ lệch chuẩn phần dư." },
	{ .key = "r2", .type = FIELD_NUMBER, .at = AT(relation.r2),
	  .help = "R squared.", .help_vi = "R bình phương." },
	{ .key = "n", .type = FIELD_INTEGER, .at = offsetof(struct form, n), .low = 0, .high = 1e9, .fallback = "0",
	  .help = "Points of the fit.", .help_vi = "Số điểm." },
	{ .key = "x_low", .type = FIELD_NUMBER, .at = AT(relation.x_low),
	  .help = "Lowest indication of the points.", .help_vi = "Chỉ thị nhỏ nhất." },
	{ .key = "x_high", .type = FIELD_NUMBER, .at = AT(relation.x_high),
	  .help = "Highest indication of the points.", .help_vi = "Chỉ thị lớn nhất." },
	{ .key = "x", .type = FIELD_NUMBERS, .at = AT(x), .count_at = AT(n_points),
	  .help = "Indications of the points.", .help_vi = "Các chỉ thị." },
	{ .key = "y", .type = FIELD_NUMBERS, .at = AT(y), .count_at = offsetof(struct form, n_y),
	  .help = "References of the points.", .help_vi = "Các giá trị chuẩn." },
	{ .key = "u", .type = FIELD_NUMBERS, .at = AT(u), .count_at = offsetof(struct form, n_u),
	  .help = "Standard uncertainties of the references.", .help_vi = "Độ không đảm bảo đo chuẩn." },
	{ 0 },
};
// clang-format on

static const struct section form_section = {
	.name = "calibration",
	.size = sizeof(struct form),
	.field = form_fields,
};

int calibration_read(struct calibration *out, const char *json, size_t n,
        int64_t stored_us, struct problem *why)
{
	struct form form = { 0 };
	struct config *config = NULL;
	int status = config_read_text(
	        &config, json, n, "calibration", &form_section, &form, NULL);
	if (status == OK && (form.n_y != form.calibration.n_points ||
	                            (form.n_u != 0 && form.n_u != form.n_y))) {
		config_error(config, NULL, "y", NULL,
		        "x, y and u must be equally long: %zu, %zu and %zu",
		        form.calibration.n_points, form.n_y, form.n_u);
		status = MALFORMED;
	}
	if (status == OK && form.calibration.to_us != 0 &&
	        form.calibration.to_us <= form.calibration.from_us) {
		config_error(
		        config, NULL, "to", NULL, "the end is not after the beginning");
		status = MALFORMED;
	}
	if (status != OK) {
		problem_set(
		        why, status, EXIT_DAMAGED, "%s", config_first_error(config));
		config_free(config);
		return status;
	}
	*out = form.calibration;
	if (form.n_u == 0)
		out->u = NULL;
	out->relation.n = (size_t)form.n;
	out->stored_us = stored_us;
	out->config = config;
	return OK;
}

static void put_time(struct json *json, const char *key, int64_t time_us)
{
	char text[TIME_TEXT];
	if (time_us != 0)
		json_put_text(json, key, time_print(time_us, 0, text));
}

static void put_text(struct json *json, const char *key, const char *text)
{
	if (text != NULL && text[0] != '\0')
		json_put_text(json, key, text);
}

static void put_numbers(struct json *json, const char *key, const double *x, size_t n)
{
	if (x == NULL || n == 0)
		return;
	json_key(json, key);
	json_array(json);
	for (size_t i = 0; i < n; i++)
		json_number(json, x[i]);
	json_end(json);
}

static void put_relation(struct json *json, const struct relation *relation)
{
	json_put_number(json, "a", relation->a);
	json_put_number(json, "b", relation->b);
	json_put_number(json, "var_a", relation->var_a);
	json_put_number(json, "var_b", relation->var_b);
	json_put_number(json, "cov_ab", relation->cov_ab);
	json_put_number(json, "chi2", relation->chi2);
	json_put_number(json, "s", relation->s);
	json_put_number(json, "r2", relation->r2);
	json_put_integer(json, "n", (int64_t)relation->n);
	json_put_number(json, "x_low", relation->x_low);
	json_put_number(json, "x_high", relation->x_high);
}

int calibration_json(const struct calibration *calibration, char **json)
{
	size_t size;
	FILE *out = open_memstream(json, &size);
	if (out == NULL)
		return FAILED;
	struct json to;
	json_start(&to, out);
	json_object(&to);
	json_put_text(&to, "kind", "calibration");
	put_text(&to, "id", calibration->id);
	put_text(&to, "station", calibration->station);
	put_text(&to, "instrument", calibration->instrument);
	put_text(&to, "channel", calibration->channel);
	put_time(&to, "done", calibration->done_us);
	put_time(&to, "from", calibration->from_us);
	put_time(&to, "to", calibration->to_us);
	put_text(&to, "who", calibration->who);
	put_text(&to, "note", calibration->note);
	put_text(&to, "certificate", calibration->certificate);
	put_relation(&to, &calibration->relation);
	put_numbers(&to, "x", calibration->x, calibration->n_points);
	put_numbers(&to, "y", calibration->y, calibration->n_points);
	put_numbers(&to, "u", calibration->u, calibration->n_points);
	json_end(&to);
	return fclose(out) == 0 ? OK : FAILED;
}
