/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tests/kits/check.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "analysis/rule.h"
#include "base/folder.h"
#include "base/legal_time.h"

static struct rules shipped;

static int read_shipped(void **state)
{
	struct problem why;
	return rules_read(&shipped, project_file("analysis/limits"), &why) == OK ? 0
	                                                                         : -1;
}

static int free_shipped(void **state)
{
	rules_free(&shipped);
	return 0;
}

static const struct rule_limit *limit_of(const char *rule_id, const char *channel)
{
	const struct rule *rule = rules_find(&shipped, rule_id);
	assert_non_null(rule);
	for (size_t i = 0; i < rule->n_limits; i++)
		if (strcmp(rule->limit[i].channel, channel) == 0)
			return &rule->limit[i];
	fail_msg("%s does not limit %s", rule_id, channel);
	return NULL;
}

static double high_of(
        const struct rule_limit *limit, const char *column, const char *stage)
{
	for (size_t i = 0; i < limit->n_columns; i++)
		if (strcmp(limit->value[i].column, column) == 0 &&
		        strcmp(limit->value[i].stage, stage) == 0)
			return limit->value[i].high;
	return NAN;
}

static void every_shipped_record_is_read(void **state)
{
	static const char *const ids[] = { "qcvn-05-2023", "qcvn-19-2009",
		"qcvn-19-2024", "qcvn-40-2011", "qcvn-40-2025" };
	assert_int_equal(shipped.n, sizeof ids / sizeof ids[0]);
	for (size_t i = 0; i < shipped.n; i++) {
		const struct rule *rule = &shipped.rule[i];
		assert_string_equal(rule->id, ids[i]);
		assert_int_equal(strlen(rule->hash), 64);
		assert_true(rule->source[0] != '\0' && rule->title_vi[0] != '\0');
		for (size_t k = 0; k < rule->n_limits; k++)
			assert_true(rule->limit[k].source[0] != '\0');
		/* Nobody has countersigned anything we ship. */
		assert_true(rule->status < RULE_COUNTERSIGNED);
	}
	assert_null(rules_find(&shipped, "qcvn-41-2011"));
}

/* Table 1 of QCVN 40:2011, column A and B, as written in the record's source. */
static void the_wastewater_table(void **state)
{
	static const struct {
		const char *channel;
		double a, b;
		bool scaled;
	} table[] = { { "temperature", 40, 40, false }, { "colour", 50, 150, false },
		{ "ph", 9, 9, false }, { "bod5", 30, 50, true },
		{ "cod", 75, 150, true }, { "tss", 50, 100, true },
		{ "arsenic", 0.05, 0.1, true }, { "mercury", 0.005, 0.01, true },
		{ "lead", 0.1, 0.5, true }, { "cadmium", 0.05, 0.1, true },
		{ "chromium_vi", 0.05, 0.1, true }, { "chromium_iii", 0.2, 1, true },
		{ "copper", 2, 2, true }, { "zinc", 3, 3, true },
		{ "nickel", 0.2, 0.5, true }, { "manganese", 0.5, 1, true },
		{ "iron", 1, 5, true }, { "cyanide", 0.07, 0.1, true },
		{ "phenol", 0.1, 0.5, true }, { "oil_mineral", 5, 10, true },
		{ "sulfide", 0.2, 0.5, true }, { "fluoride", 5, 10, true },
		{ "nh4", 5, 10, true }, { "tn", 20, 40, true }, { "tp", 4, 6, true },
		{ "chloride", 500, 1000, true }, { "chlorine", 1, 2, true },
		{ "pesticides_organochlorine", 0.05, 0.1, true },
		{ "pesticides_organophosphorus", 0.3, 1, true },
		{ "pcb", 0.003, 0.01, true }, { "coliform", 3000, 5000, false },
		{ "gross_alpha", 0.1, 0.1, false }, { "gross_beta", 1.0, 1.0, false } };
	const struct rule *rule = rules_find(&shipped, "qcvn-40-2011");
	assert_int_equal(sizeof table / sizeof table[0], 33);
	assert_int_equal(rule->n_limits, 33);
	for (size_t i = 0; i < 33; i++) {
		const struct rule_limit *limit =
		        limit_of("qcvn-40-2011", table[i].channel);
		assert_close(high_of(limit, "A", ""), table[i].a, 0);
		assert_close(high_of(limit, "B", ""), table[i].b, 0);
		assert_int_equal(limit->scaled, table[i].scaled);
		assert_int_equal(limit->status, RULE_DRAFT);
	}
	const struct rule_limit *ph = limit_of("qcvn-40-2011", "ph");
	assert_close(ph->value[0].low, 6, 0);
	assert_close(ph->value[1].low, 5.5, 0);
	assert_false(ph->bounded);
	assert_false(limit_of("qcvn-40-2011", "temperature")->bounded);
	assert_true(limit_of("qcvn-40-2011", "cod")->bounded);
	assert_string_equal(limit_of("qcvn-40-2011", "nh4")->expressed_as, "N");
}

static void the_day_of_the_wastewater_record(void **state)
{
	const struct rule *rule = rules_find(&shipped, "qcvn-40-2011");
	assert_int_equal(rule->kind, KIND_LEGAL);
	assert_int_equal(rule->decision, DECISION_SIMPLE);
	assert_int_equal(rule->n_stages, 2);
	assert_close(rule->stage[0].period_s, 300, 0);
	assert_true(isnan(rule->stage[0].min_valid_percent));
	assert_int_equal(rule->stage[0].min_valid_count, 1);
	assert_true(isnan(rule->stage[0].min_operating_s));
	assert_close(rule->stage[1].period_s, 86400, 0);
	assert_close(rule->stage[1].min_valid_percent, 75, 0);
	assert_close(rule->stage[1].min_operating_s, 21600, 0);
	assert_int_equal(rule->stage[1].below, BELOW_BOUNDS);
	assert_int_equal(rule->stage[1].label, LABEL_START);
	assert_contains(rule->min_valid_source, "not law");
	assert_int_equal(rule->n_coefficients, 2);
	assert_string_equal(rule->coefficient[0], "kq");
	assert_close(rule->recovery_s, 600, 0);
	assert_int_equal(rule->n_operating, 1);
	assert_close(rule->operating[0].above, 0.5, 0);
	assert_true(isnan(rule->operating[0].below));
	/* in force until 2031-12-31 */
	struct civil end = { .year = 2032, .month = 1, .day = 1 };
	assert_true(rule->to_us == civil_to_us(&end, 420));
}

static void the_emission_table(void **state)
{
	const struct rule_limit *dust = limit_of("qcvn-19-2009", "dust");
	assert_close(high_of(dust, "A", ""), 400, 0);
	assert_close(high_of(dust, "B", ""), 200, 0);
	assert_string_equal(dust->gas_state, "standard");
	assert_close(dust->reference_temperature_C, 25, 1e-9);
	assert_close(dust->reference_pressure_kPa, 101.325, 1e-9);
	assert_close(high_of(limit_of("qcvn-19-2009", "so2"), "B", ""), 500, 0);
	assert_close(high_of(limit_of("qcvn-19-2009", "nox"), "B", ""), 850, 0);
	assert_string_equal(limit_of("qcvn-19-2009", "nox")->expressed_as, "NO2");
	assert_close(high_of(limit_of("qcvn-19-2009", "co"), "A", ""), 1000, 0);
	assert_int_equal(rules_find(&shipped, "qcvn-19-2009")->n_limits, 19);
	assert_int_equal(rules_find(&shipped, "qcvn-19-2009")->n_operating, 2);
}

static void the_ambient_table(void **state)
{
	const struct rule *rule = rules_find(&shipped, "qcvn-05-2023");
	assert_int_equal(rule->kind, KIND_AMBIENT);
	assert_int_equal(rule->status, RULE_SOURCED);
	assert_close(high_of(limit_of("qcvn-05-2023", "so2"), "", "1h"), 350, 0);
	assert_close(high_of(limit_of("qcvn-05-2023", "so2"), "", "24h"), 125, 0);
	assert_close(high_of(limit_of("qcvn-05-2023", "co"), "", "8h"), 10000, 0);
	assert_close(high_of(limit_of("qcvn-05-2023", "o3"), "", "1h"), 200, 0);
	assert_close(high_of(limit_of("qcvn-05-2023", "o3"), "", "8h"), 120, 0);
	assert_close(high_of(limit_of("qcvn-05-2023", "pm10"), "", "24h"), 100, 0);
	assert_int_equal(limit_of("qcvn-05-2023", "so2")->status, RULE_SOURCED);
	assert_int_equal(limit_of("qcvn-05-2023", "h2s")->status, RULE_DRAFT);
	const struct rule_limit *fine = limit_of("qcvn-05-2023", "pm2_5");
	assert_int_equal(fine->n_columns, 2);
	assert_close(fine->value[0].high, 50, 0);
	assert_close(fine->value[1].high, 45, 0);
	assert_true(fine->value[0].to_us == fine->value[1].from_us);
}

static void what_is_not_confirmed_is_refused(void **state)
{
	assert_contains(rules_find(&shipped, "qcvn-40-2025")->refused, "gazette");
	assert_int_equal(rules_find(&shipped, "qcvn-40-2025")->n_limits, 0);
	assert_contains(rules_find(&shipped, "qcvn-19-2024")->refused, "gazette");
	assert_string_equal(rules_find(&shipped, "qcvn-40-2011")->refused, "");
}

/* ---- records that are wrong ---- */

#define GOOD                                                                           \
	"id: made\nversion: \"1\"\nregulation: Made\ntitle_vi: a\ntitle_en: a\n"       \
	"source: a\nstatus: draft\nkind: legal\ndecision: simple\nlimit_term_vi: a\n"  \
	"limit_term_en: a\n"                                                           \
	"stages:\n  - { name: base, period: 5min }\n  - { name: day, period: 24h }\n"  \
	"parameters:\n  - channel: cod\n    name_vi: a\n    name_en: a\n"

/* Read a record from text; the first error goes to `why`. */
static int read_text(void **state, const char *text, struct problem *why)
{
	const char *path = in_folder(*state, "made.yaml");
	assert_int_equal(file_replace(path, text, strlen(text), 0600), OK);
	struct rule rule;
	fflush(stderr);
	FILE *kept = stderr, *none = fopen("/dev/null", "w");
	stderr = none;
	int status = rule_read(&rule, path, why);
	stderr = kept;
	fclose(none);
	if (status == OK)
		rule_free(&rule);
	return status;
}

static void a_wrong_record_says_where_and_what(void **state)
{
	static const struct {
		const char *text, *says;
	} table[] = {
		{ GOOD "    unit: mg/L\n    values: [{ high: 75 }]\n", NULL },
		{ GOOD "    unit: mg/Q\n    values: [{ high: 75 }]\n", "mg/Q" },
		{ GOOD "    unit: mg/L\n    values: [{ column: A }]\n",
		        "needs a limit" },
		{ GOOD "    unit: mg/L\n    values: [{ low: 9, high: 6 }]\n", "empty" },
		{ GOOD "    unit: mg/L\n    values: [{ high: 75, stage: week }]\n",
		        "no stage 'week'" },
		{ GOOD "    unit: mg/L\n    values: [{ high: 75 }, { high: 70 }]\n",
		        "at once" },
		{ GOOD "    unit: mg/L\n    values: [{ high: 75 }]\n    colour: red\n",
		        "colour" },
		{ GOOD "    unit: mg/L\n    values: [{ high: 75 }]\noperating:\n"
		       "  - { channel: flow_out, unit: m3/h }\n",
		        "above" },
		{ GOOD "    unit: mg/L\n    values: [{ high: 75 }]\nclasses:\n"
		       "  - { coefficient: kq, value: 1, when_vi: a, when_en: a }\n",
		        "kq" },
	};
	for (size_t i = 0; i < sizeof table / sizeof table[0]; i++) {
		struct problem why = { 0 };
		int status = read_text(state, table[i].text, &why);
		if (table[i].says == NULL) {
			assert_int_equal(status, OK);
			continue;
		}
		assert_int_equal(status, MALFORMED);
		assert_contains(why.text, "made.yaml:");
		assert_contains(why.text, table[i].says);
	}
}

static void periods_must_divide_a_day_and_names_agree(void **state)
{
	struct problem why = { 0 };
	char text[4096];
	snprintf(text, sizeof text, "%s    unit: mg/L\n    values: [{ high: 75 }]\n",
	        GOOD);
	char *period = strstr(text, "5min");
	memcpy(period, "7min", 4);
	assert_int_equal(read_text(state, text, &why), MALFORMED);
	assert_contains(why.text, "divide a day");
	memcpy(period, "5min", 4);
	memcpy(strstr(text, "id: made"), "id: mode", 8);
	assert_int_equal(read_text(state, text, &why), MALFORMED);
	assert_contains(why.text, "mode.yaml");
}

static void a_changed_file_has_another_hash(void **state)
{
	const char *text = GOOD "    unit: mg/L\n    values: [{ high: 75 }]\n";
	const char *other = GOOD "    unit: mg/L\n    values: [{ high: 76 }]\n";
	const char *path = in_folder(*state, "made.yaml");
	struct rule a, b;
	struct problem why;
	file_replace(path, text, strlen(text), 0600);
	assert_int_equal(rule_read(&a, path, &why), OK);
	file_replace(path, other, strlen(other), 0600);
	assert_int_equal(rule_read(&b, path, &why), OK);
	assert_string_not_equal(a.hash, b.hash);
	rule_free(&a);
	rule_free(&b);
}

static void a_folder_that_is_none_is_told(void **state)
{
	struct rules rules;
	struct problem why;
	assert_int_equal(
	        rules_read(&rules, in_folder(*state, "nowhere"), &why), NOT_FOUND);
	assert_contains(why.text, "QUANTRAC_LIMITS");
	setenv("QUANTRAC_LIMITS", "/somewhere", 1);
	assert_string_equal(rule_folder(), "/somewhere");
	unsetenv("QUANTRAC_LIMITS");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_shipped_record_is_read),
		cmocka_unit_test(the_wastewater_table),
		cmocka_unit_test(the_day_of_the_wastewater_record),
		cmocka_unit_test(the_emission_table),
		cmocka_unit_test(the_ambient_table),
		cmocka_unit_test(what_is_not_confirmed_is_refused),
		cmocka_unit_test_setup_teardown(a_wrong_record_says_where_and_what,
		        scratch_make, scratch_remove),
		cmocka_unit_test_setup_teardown(
		        periods_must_divide_a_day_and_names_agree, scratch_make,
		        scratch_remove),
		cmocka_unit_test_setup_teardown(
		        a_changed_file_has_another_hash, scratch_make, scratch_remove),
		cmocka_unit_test_setup_teardown(
		        a_folder_that_is_none_is_told, scratch_make, scratch_remove),
	};
	return cmocka_run_group_tests_name("rule", tests, read_shipped, free_shipped);
}
