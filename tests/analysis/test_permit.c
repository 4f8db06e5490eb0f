/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tests/kits/check.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "analysis/permit.h"
#include "base/folder.h"
#include "base/legal_time.h"
#include "tests/kits/made.h"

static struct rules shipped;

static int read_shipped(void **state)
{
	struct problem why;
	setenv("QUANTRAC_LIMITS", project_file("analysis/limits"), 1);
	return rules_read(&shipped, rule_folder(), &why) == OK ? 0 : -1;
}

static int free_shipped(void **state)
{
	rules_free(&shipped);
	return 0;
}

#define HEAD                                                                           \
	"id: gp-mau-a\nnumber: 12/GPMT-MAU\nissuer: Cơ quan Mẫu\n"                  \
	"issued: 2026-01-05T00:00\nfrom: 2026-01-10T00:00\nzone: kcn-mau\n"            \
	"facility: co-so-a\nfacility_name: Cơ sở Mẫu A\noutlet: outfall\n"        \
	"station: bt-outlet\n"

/* A permit from the text of its file, by way of the DOCUMENT's JSON. */
static struct permit permit_of(void **state, const char *rest)
{
	char text[4096], *json;
	struct permit permit;
	struct problem why = { 0 };
	snprintf(text, sizeof text, "%s%s", HEAD, rest);
	const char *path = in_folder(*state, "permit.yaml");
	assert_int_equal(file_replace(path, text, strlen(text), 0600), OK);
	if (permit_from_file(path, &json, &why) != OK)
		fail_msg("%s", why.text);
	assert_int_equal(permit_from_json(&permit, json, strlen(json), &why), OK);
	free(json);
	return permit;
}

static int wrong_permit(void **state, const char *rest, struct problem *why)
{
	char text[4096], *json;
	snprintf(text, sizeof text, "%s%s", HEAD, rest);
	const char *path = in_folder(*state, "permit.yaml");
	assert_int_equal(file_replace(path, text, strlen(text), 0600), OK);
	fflush(stderr);
	FILE *kept = stderr, *none = fopen("/dev/null", "w");
	stderr = none;
	int status = permit_from_file(path, &json, why);
	stderr = kept;
	fclose(none);
	if (status == OK)
		free(json);
	return status;
}

static const struct rule_limit *limit_of(const struct rule *rule, const char *channel)
{
	for (size_t i = 0; i < rule->n_limits; i++)
		if (strcmp(rule->limit[i].channel, channel) == 0)
			return &rule->limit[i];
	fail();
	return NULL;
}

static int apply(struct limit_applied *out, const struct permit *permit,
        const char *channel, struct problem *why)
{
	const struct rule *rule = rules_find(&shipped, permit->rule);
	return limit_apply(
	        out, rule, limit_of(rule, channel), permit, "day", MADE_DAY, why);
}

#define RIVER_A                                                                        \
	"rule: qcvn-40-2011\ncolumn: A\ncoefficients:\n"                               \
	"  - { name: kq, value: 1.0, document: \"GPMT 12\" }\n"                        \
	"  - { name: kf, value: 1.0, document: \"GPMT 12\" }\n"
#define RIVER_B                                                                        \
	"rule: qcvn-40-2011\ncolumn: B\ncoefficients:\n"                               \
	"  - { name: kq, value: 0.9 }\n  - { name: kf, value: 0.9 }\n"

/* C x Kq x Kf: 75 x 1 x 1 = 75; 150 x 0.9 x 0.9 = 121.5; pH stays 5.5 to 9. */
static void cmax_is_c_times_its_coefficients(void **state)
{
	struct limit_applied limit;
	struct problem why;
	struct permit permit = permit_of(state, RIVER_A);
	assert_int_equal(apply(&limit, &permit, "cod", &why), OK);
	assert_close(limit.high, 75, 1e-12);
	assert_true(isnan(limit.low));
	assert_close(limit.table_value, 75, 0);
	assert_int_equal(limit.decimals, 0);
	assert_string_equal(
	        limit.basis, "QCVN 40:2011/BTNMT, column A, Kq = 1, Kf = 1");
	assert_string_equal(
	        limit.basis_vi, "QCVN 40:2011/BTNMT, cột A, Kq = 1,0, Kf = 1,0");
	config_free(permit.config);

	permit = permit_of(state, RIVER_B);
	assert_int_equal(apply(&limit, &permit, "cod", &why), OK);
	assert_close(limit.high, 121.5, 1e-12);
	assert_close(limit.table_value, 150, 0);
	assert_close(limit.factor, 0.81, 1e-12);
	assert_int_equal(limit.decimals, 1);
	assert_contains(limit.basis_vi, "Kq = 0,9");
	assert_int_equal(apply(&limit, &permit, "ph", &why), OK);
	assert_close(limit.low, 5.5, 0);
	assert_close(limit.high, 9, 0);
	assert_close(limit.factor, 1, 0);
	assert_string_equal(limit.basis, "QCVN 40:2011/BTNMT, column B");
	assert_int_equal(apply(&limit, &permit, "temperature", &why), OK);
	assert_close(limit.high, 40, 0);
	config_free(permit.config);
}

/* C x Kp x Kv, dust of column B: 200 x 0.9 x 0.8 = 144. */
static void a_stack_has_kp_and_kv(void **state)
{
	struct limit_applied limit;
	struct problem why;
	struct permit permit = permit_of(state,
	        "rule: qcvn-19-2009\ncolumn: B\ncoefficients:\n"
	        "  - { name: kp, value: 0.9 }\n  - { name: kv, value: 0.8 }\n");
	assert_int_equal(apply(&limit, &permit, "dust", &why), OK);
	assert_close(limit.high, 144, 1e-12);
	assert_contains(limit.basis, "Kp = 0.9, Kv = 0.8");
	assert_int_equal(apply(&limit, &permit, "nox", &why), OK);
	assert_close(limit.high, 612, 1e-12);
	config_free(permit.config);
}

static void a_stricter_value_of_the_permit_is_taken(void **state)
{
	struct limit_applied limit;
	struct problem why;
	struct permit permit = permit_of(state,
	        RIVER_A "stricter:\n  - { channel: cod, high: 60000, unit: ug/L }\n"
	                "  - { channel: tss, high: 80, unit: mg/L }\n"
	                "  - { channel: ph, low: 6.5, high: 9.5, unit: pH }\n");
	assert_int_equal(apply(&limit, &permit, "cod", &why), OK);
	assert_close(limit.high, 60, 1e-9);
	assert_true(limit.stricter);
	assert_close(limit.table_value, 75, 0);
	assert_contains(limit.basis, "12/GPMT-MAU");
	assert_contains(limit.basis, "QCVN 40:2011");
	assert_contains(limit.basis_vi, "chặt hơn");
	/* 80 is laxer than 50 and changes nothing. */
	assert_int_equal(apply(&limit, &permit, "tss", &why), OK);
	assert_close(limit.high, 50, 0);
	assert_false(limit.stricter);
	/* Of an interval only the narrower end is taken. */
	assert_int_equal(apply(&limit, &permit, "ph", &why), OK);
	assert_close(limit.low, 6.5, 0);
	assert_close(limit.high, 9, 0);
	assert_true(limit.stricter);
	config_free(permit.config);
}

static void what_may_not_be_judged_is_refused_with_the_reason(void **state)
{
	struct limit_applied limit;
	struct problem why;
	struct permit permit = permit_of(state, RIVER_A);
	const struct rule *rule = rules_find(&shipped, "qcvn-40-2011");
	const struct rule_limit *cod = limit_of(rule, "cod");
	/* not in force any more */
	assert_int_equal(
	        limit_apply(&limit, rule, cod, &permit, "day", rule->to_us, &why),
	        REFUSED);
	assert_contains(why.text, "not in force");
	assert_int_equal(
	        limit_apply(&limit, rule, cod, &permit, "day", rule->to_us - 1, &why),
	        OK);
	/* a coefficient the permit does not give */
	permit.n_coefficients = 1;
	assert_int_equal(limit_apply(&limit, rule, cod, &permit, "day", MADE_DAY, &why),
	        REFUSED);
	assert_contains(why.text, "'kf'");
	assert_int_equal(
	        limit_apply(&limit, rule, cod, NULL, "day", MADE_DAY, &why), NOT_FOUND);
	/* a stage that has no limit */
	permit.n_coefficients = 2;
	assert_int_equal(
	        limit_apply(&limit, rule, cod, &permit, "base", MADE_DAY, &why),
	        NOT_FOUND);
	/* a record that is not confirmed */
	const struct rule *new = rules_find(&shipped, "qcvn-19-2024");
	assert_int_equal(limit_apply(&limit, new, limit_of(new, "dust"), &permit, "day",
	                         MADE_DAY, &why),
	        REFUSED);
	assert_contains(why.text, "gazette");
	config_free(permit.config);
}

/* PM2.5: 50 until the last instant of 2025, 45 from the first of 2026. */
static void a_dated_value_changes_at_its_date(void **state)
{
	const struct rule *rule = rules_find(&shipped, "qcvn-05-2023");
	const struct rule_limit *fine = limit_of(rule, "pm2_5");
	struct civil new_year = { .year = 2026, .month = 1, .day = 1 };
	int64_t time_us = civil_to_us(&new_year, 420);
	struct limit_applied limit;
	struct problem why;
	assert_int_equal(
	        limit_apply(&limit, rule, fine, NULL, "24h", time_us - 1, &why), OK);
	assert_close(limit.high, 50, 0);
	assert_int_equal(
	        limit_apply(&limit, rule, fine, NULL, "24h", time_us, &why), OK);
	assert_close(limit.high, 45, 0);
	assert_string_equal(limit.basis, "QCVN 05:2023/BTNMT, 24 h mean");
	assert_string_equal(limit.basis_vi, "QCVN 05:2023/BTNMT, trung bình 24 giờ");
	assert_int_equal(
	        limit_apply(&limit, rule, fine, NULL, "1h", time_us, &why), NOT_FOUND);
}

static void a_permit_comes_back_from_its_document(void **state)
{
	struct permit permit =
	        permit_of(state, RIVER_A "parameters: [cod, ph]\ncoordinates: \"X "
	                                 "1130000, Y 560000 (105°45')\"\n"
	                                 "receiving_water: \"sông \\\"Mẫu\\\"\"\n");
	assert_string_equal(permit.id, "gp-mau-a");
	assert_string_equal(permit.facility_name, "Cơ sở Mẫu A");
	assert_string_equal(permit.receiving_water, "sông \"Mẫu\"");
	assert_int_equal(permit.n_parameters, 2);
	assert_string_equal(permit.parameter[1], "ph");
	assert_string_equal(permit.coefficient[0].document, "GPMT 12");
	struct civil from = { .year = 2026, .month = 1, .day = 10 };
	assert_true(permit.from_us == civil_to_us(&from, 420));
	assert_true(permit.to_us == 0);
	config_free(permit.config);
}

static void a_wrong_permit_says_where_and_what(void **state)
{
	static const struct {
		const char *rest, *says;
	} table[] = {
		{ RIVER_A, NULL },
		{ "rule: qcvn-41-2011\ncolumn: A\n", "qcvn-41-2011" },
		{ "rule: qcvn-40-2011\ncolumn: C\ncoefficients:\n"
		  "  - { name: kq, value: 1 }\n  - { name: kf, value: 1 }\n",
		        "column 'C'" },
		{ "rule: qcvn-40-2011\ncolumn: A\ncoefficients:\n"
		  "  - { name: kq, value: 1 }\n",
		        "'kf'" },
		{ "rule: qcvn-40-2011\ncolumn: A\ncoefficients:\n"
		  "  - { name: kq, value: 12 }\n  - { name: kf, value: 1 }\n",
		        "kq of 12" },
		{ RIVER_A "  - { name: kp, value: 1 }\n", "'kp'" },
		{ RIVER_A "stricter:\n  - { channel: cod, high: 60, unit: m3/h }\n",
		        "m3/h" },
		{ RIVER_A "stricter:\n  - { channel: fish, high: 60, unit: mg/L }\n",
		        "fish" },
		{ RIVER_A "parameters: [codd]\n", "codd" },
		{ RIVER_A "colum: B\n", "colum" },
	};
	for (size_t i = 0; i < sizeof table / sizeof table[0]; i++) {
		struct problem why = { 0 };
		int status = wrong_permit(state, table[i].rest, &why);
		if (table[i].says == NULL) {
			assert_int_equal(status, OK);
			continue;
		}
		assert_int_equal(status, MALFORMED);
		assert_contains(why.text, "permit.yaml:");
		assert_contains(why.text, table[i].says);
	}
}

static struct permit dated(const char *rule, const char *station, int64_t from_us,
        int64_t to_us, int64_t stored_us)
{
	return (struct permit){ .rule = rule,
		.station = station,
		.from_us = from_us,
		.to_us = to_us,
		.stored_us = stored_us };
}

static void the_newest_permit_in_force_counts(void **state)
{
	struct permit permit[] = {
		dated("qcvn-40-2011", "bt-outlet", 100, 0, 1),
		dated("qcvn-19-2009", "bt-outlet", 100, 200, 2),
		dated("qcvn-40-2011", "bt-stack", 100, 0, 3),
		dated("qcvn-40-2011", "bt-outlet", 150, 0, 4),
	};
	const struct permits permits = { 4, permit };
	const struct permit *found[4];
	assert_int_equal(permits_for(&permits, "bt-outlet", 99, found, 4), 0);
	assert_int_equal(permits_for(&permits, "bt-outlet", 100, found, 4), 2);
	assert_ptr_equal(found[0], &permit[1]);
	assert_ptr_equal(found[1], &permit[0]);
	assert_int_equal(permits_for(&permits, "bt-outlet", 150, found, 4), 2);
	assert_ptr_equal(found[1], &permit[3]);
	assert_int_equal(permits_for(&permits, "bt-outlet", 200, found, 4), 1);
	assert_int_equal(permits_for(&permits, "bt-outlet", 150, found, 1), 1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(
		        cmax_is_c_times_its_coefficients, scratch_make, scratch_remove),
		cmocka_unit_test_setup_teardown(
		        a_stack_has_kp_and_kv, scratch_make, scratch_remove),
		cmocka_unit_test_setup_teardown(a_stricter_value_of_the_permit_is_taken,
		        scratch_make, scratch_remove),
		cmocka_unit_test_setup_teardown(
		        what_may_not_be_judged_is_refused_with_the_reason, scratch_make,
		        scratch_remove),
		cmocka_unit_test(a_dated_value_changes_at_its_date),
		cmocka_unit_test_setup_teardown(a_permit_comes_back_from_its_document,
		        scratch_make, scratch_remove),
		cmocka_unit_test_setup_teardown(a_wrong_permit_says_where_and_what,
		        scratch_make, scratch_remove),
		cmocka_unit_test(the_newest_permit_in_force_counts),
	};
	return cmocka_run_group_tests_name("permit", tests, read_shipped, free_shipped);
}
