/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "analysis/permit.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/json.h"
#include "base/legal_time.h"

// clang-format off
#define AT(member) offsetof(struct permit_coefficient, member)
static const struct field coefficient_fields[] = {
	{ .key = "name", .type = FIELD_ID, .at = AT(name), .required = true,
	  .help = "Coefficient of the rule: kq, kf, kp, kv.", .help_vi = "Hệ số của quy chuẩn: kq, kf, kp, kv." },
	{ .key = "value", .type = FIELD_NUMBER, .at = AT(value), .required = true, .low = 0.01, .high = 100,
	  .help = "Its value for this outlet.", .help_vi = "Giá trị áp dụng cho điểm xả này." },
	{ .key = "document", .type = FIELD_TEXT, .at = AT(document),
	  .help = "Document that fixes it.", .help_vi = "Văn bản xác định hệ số." },
	{ 0 },
};
#undef AT
static const struct section coefficient_section = {
	"coefficient", sizeof(struct permit_coefficient), coefficient_fields, NULL };

#define AT(member) offsetof(struct permit_limit, member)
static const struct field stricter_fields[] = {
	{ .key = "channel", .type = FIELD_ID, .at = AT(channel), .required = true,
	  .help = "Parameter.", .help_vi = "Thông số." },
	{ .key = "low", .type = FIELD_NUMBER, .at = AT(low),
	  .help = "Lower end, for an interval.", .help_vi = "Giới hạn dưới (nếu là khoảng)." },
	{ .key = "high", .type = FIELD_NUMBER, .at = AT(high),
	  .help = "Permitted maximum.", .help_vi = "Giá trị tối đa theo giấy phép." },
	{ .key = "unit", .type = FIELD_TEXT, .at = AT(unit), .required = true,
	  .help = "Unit of low and high.", .help_vi = "Đơn vị." },
	{ 0 },
};
#undef AT
static const struct section stricter_section = {
	"stricter value", sizeof(struct permit_limit), stricter_fields, NULL };

#define AT(member) offsetof(struct permit, member)
static const struct field permit_fields[] = {
	{ .key = "kind", .type = FIELD_TEXT, .at = AT(kind), .fallback = "permit",
	  .help = "\"permit\".", .help_vi = "\"permit\"." },
	{ .key = "id", .type = FIELD_ID, .at = AT(id), .required = true,
	  .help = "Name of the permit here.", .help_vi = "Mã của giấy phép trong hệ thống." },
	{ .key = "number", .type = FIELD_TEXT, .at = AT(number), .required = true,
	  .help = "Number of the environmental permit.", .help_vi = "Số giấy phép môi trường." },
	{ .key = "issuer", .type = FIELD_TEXT, .at = AT(issuer), .required = true,
	  .help = "Who issued it.", .help_vi = "Cơ quan cấp." },
	{ .key = "issued", .type = FIELD_TIME, .at = AT(issued_us),
	  .help = "When it was issued.", .help_vi = "Ngày cấp." },
	{ .key = "from", .type = FIELD_TIME, .at = AT(from_us), .required = true,
	  .help = "In force from.", .help_vi = "Có hiệu lực từ." },
	{ .key = "to", .type = FIELD_TIME, .at = AT(to_us),
	  .help = "In force until, not included; absent: open.", .help_vi = "Hết hiệu lực; bỏ trống: chưa xác định." },
	{ .key = "zone", .type = FIELD_ID, .at = AT(zone), .required = true,
	  .help = "Zone.", .help_vi = "Khu công nghiệp." },
	{ .key = "facility", .type = FIELD_ID, .at = AT(facility), .required = true,
	  .help = "Facility.", .help_vi = "Mã cơ sở." },
	{ .key = "facility_name", .type = FIELD_TEXT, .at = AT(facility_name), .required = true,
	  .help = "Its name.", .help_vi = "Tên cơ sở." },
	{ .key = "facility_address", .type = FIELD_TEXT, .at = AT(facility_address),
	  .help = "Its address.", .help_vi = "Địa chỉ." },
	{ .key = "facility_owner", .type = FIELD_TEXT, .at = AT(facility_owner),
	  .help = "Its owner.", .help_vi = "Chủ cơ sở." },
	{ .key = "outlet", .type = FIELD_ID, .at = AT(outlet), .required = true,
	  .help = "Outlet: outfall or stack.", .help_vi = "Mã điểm xả, ống thải." },
	{ .key = "outlet_name", .type = FIELD_TEXT, .at = AT(outlet_name),
	  .help = "Its name.", .help_vi = "Tên điểm xả, ống thải." },
	{ .key = "station", .type = FIELD_ID, .at = AT(station), .required = true, .high = SOURCE_SIZE,
	  .help = "Station that monitors it.", .help_vi = "Trạm quan trắc." },
	{ .key = "coordinates", .type = FIELD_TEXT, .at = AT(coordinates),
	  .help = "Coordinates as the permit writes them (VN-2000, axis, zone).", .help_vi = "Tọa độ ghi trong giấy phép." },
	{ .key = "receiving_water", .type = FIELD_TEXT, .at = AT(receiving_water),
	  .help = "Receiving water.", .help_vi = "Nguồn tiếp nhận nước thải." },
	{ .key = "rule", .type = FIELD_ID, .at = AT(rule), .required = true,
	  .help = "Rule record the outlet answers to: qcvn-40-2011.", .help_vi = "Quy định áp dụng: qcvn-40-2011." },
	{ .key = "column", .type = FIELD_TEXT, .at = AT(column), .required = true,
	  .help = "Its column.", .help_vi = "Cột áp dụng." },
	{ .key = "coefficients", .type = FIELD_SECTIONS, .at = AT(coefficient), .count_at = AT(n_coefficients),
	  .section = &coefficient_section,
	  .help = "Values of the coefficients of the rule.", .help_vi = "Giá trị các hệ số." },
	{ .key = "stricter", .type = FIELD_SECTIONS, .at = AT(stricter), .count_at = AT(n_stricter),
	  .section = &stricter_section,
	  .help = "Values of the permit that are stricter than the regulation.",
	  .help_vi = "Giá trị theo giấy phép chặt hơn quy chuẩn." },
	{ .key = "parameters", .type = FIELD_TEXTS, .at = AT(parameter), .count_at = AT(n_parameters),
	  .help = "Channels judged; absent: all the rule limits and the station measures.",
	  .help_vi = "Các kênh đánh giá; bỏ trống: mọi thông số của quy chuẩn mà trạm có đo." },
	{ 0 },
};
#undef AT
// clang-format on

const struct section permit_section = { "permit", sizeof(struct permit), permit_fields,
	NULL };

static void no_such_rule(
        const struct permit *permit, const struct rules *rules, struct config *config)
{
	const char *known[64];
	char hint[512];
	size_t n = 0;
	for (; n < rules->n && n < 63; n++)
		known[n] = rules->rule[n].id;
	known[n] = NULL;
	const char *near = did_you_mean(permit->rule, known);
	if (near != NULL)
		snprintf(hint, sizeof hint, "did you mean '%s'?", near);
	else
		snprintf(hint, sizeof hint, "the records are in %.480s", rule_folder());
	config_error(config, stderr, "rule", hint, "there is no rule record '%s'",
	        permit->rule);
}

/* Errors of the permit itself; its rule is looked up in the shipped records. */
static int check_file(
        const struct permit *permit, struct config *config, struct problem *why)
{
	struct rules rules;
	int status = rules_read(&rules, rule_folder(), why);
	if (status != OK)
		return status;
	const struct rule *rule = rules_find(&rules, permit->rule);
	if (rule == NULL)
		no_such_rule(permit, &rules, config);
	else
		permit_check(permit, rule, config, stderr);
	rules_free(&rules);
	if (config_errors(config) == 0)
		return OK;
	return problem_set(
	        why, MALFORMED, EXIT_CONFIG, "%s", config_first_error(config));
}

int permit_from_file(const char *path, char **json, struct problem *why)
{
	struct permit permit = { 0 };
	struct config *config = NULL;
	int status = config_read(&config, path, &permit_section, &permit, stderr);
	if (status == OK)
		status = check_file(&permit, config, why);
	else
		problem_set(why, status,
		        status == NOT_FOUND ? EXIT_NO_FILE : EXIT_CONFIG, "%s",
		        config_first_error(config));
	if (status == OK && permit_json(&permit, json) != OK)
		status = problem_set(
		        why, FAILED, EXIT_INTERNAL, "no memory for the permit");
	config_free(config);
	return status;
}

int permit_from_json(
        struct permit *out, const char *json, size_t n, struct problem *why)
{
	struct config *config = NULL;
	*out = (struct permit){ 0 };
	int status = config_read_text(
	        &config, json, n, "permit", &permit_section, out, NULL);
	if (status != OK) {
		problem_set(
		        why, status, EXIT_DAMAGED, "%s", config_first_error(config));
		config_free(config);
		return status;
	}
	out->config = config;
	return OK;
}

static void put_text(struct json *json, const char *key, const char *text)
{
	if (text != NULL && text[0] != '\0')
		json_put_text(json, key, text);
}

static void put_time(struct json *json, const char *key, int64_t time_us)
{
	char text[TIME_TEXT];
	if (time_us != 0)
		json_put_text(json, key, time_print(time_us, 0, text));
}

static void put_lists(struct json *json, const struct permit *permit)
{
	json_key(json, "coefficients");
	json_array(json);
	for (size_t i = 0; i < permit->n_coefficients; i++) {
		json_object(json);
		json_put_text(json, "name", permit->coefficient[i].name);
		json_put_number(json, "value", permit->coefficient[i].value);
		put_text(json, "document", permit->coefficient[i].document);
		json_end(json);
	}
	json_end(json);
	json_key(json, "stricter");
	json_array(json);
	for (size_t i = 0; i < permit->n_stricter; i++) {
		json_object(json);
		json_put_text(json, "channel", permit->stricter[i].channel);
		json_put_number(json, "low", permit->stricter[i].low);
		json_put_number(json, "high", permit->stricter[i].high);
		json_put_text(json, "unit", permit->stricter[i].unit);
		json_end(json);
	}
	json_end(json);
	json_key(json, "parameters");
	json_array(json);
	for (size_t i = 0; i < permit->n_parameters; i++)
		json_text(json, permit->parameter[i]);
	json_end(json);
}

int permit_json(const struct permit *permit, char **json)
{
	size_t size;
	FILE *out = open_memstream(json, &size);
	if (out == NULL)
		return FAILED;
	struct json to;
	json_start(&to, out);
	json_object(&to);
	json_put_text(&to, "kind", "permit");
	put_text(&to, "id", permit->id);
	put_text(&to, "number", permit->number);
	put_text(&to, "issuer", permit->issuer);
	put_time(&to, "issued", permit->issued_us);
	put_time(&to, "from", permit->from_us);
	put_time(&to, "to", permit->to_us);
	put_text(&to, "zone", permit->zone);
	put_text(&to, "facility", permit->facility);
	put_text(&to, "facility_name", permit->facility_name);
	put_text(&to, "facility_address", permit->facility_address);
	put_text(&to, "facility_owner", permit->facility_owner);
	put_text(&to, "outlet", permit->outlet);
	put_text(&to, "outlet_name", permit->outlet_name);
	put_text(&to, "station", permit->station);
	put_text(&to, "coordinates", permit->coordinates);
	put_text(&to, "receiving_water", permit->receiving_water);
	put_text(&to, "rule", permit->rule);
	put_text(&to, "column", permit->column);
	put_lists(&to, permit);
	json_end(&to);
	return fclose(out) == 0 ? OK : FAILED;
}
