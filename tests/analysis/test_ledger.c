/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tests/kits/check.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "calibration/calibration_document.h"
#include "calibration/document.h"
#include "calibration/ledger.h"

static struct calibration dated(
        int64_t from_us, int64_t to_us, int64_t stored_us, double a, double b)
{
	return (struct calibration){ .id = "c",
		.station = "bt-outlet",
		.channel = "cod",
		.from_us = from_us,
		.to_us = to_us,
		.stored_us = stored_us,
		.relation = { .a = a, .b = b } };
}

static double factor_at(const struct ledger *ledger, int64_t time_us)
{
	const struct calibration *found =
	        ledger_find(ledger, "bt-outlet", "cod", time_us);
	return found != NULL ? found->relation.b : NAN;
}

static void the_newest_in_force_is_found(void **state)
{
	struct calibration calibration[] = {
		dated(300, 0, 5, 0, 3),   /* until the next one */
		dated(100, 0, 1, 0, 1),   /* the first */
		dated(100, 0, 9, 0, 1.5), /* corrects the first, stored later */
		dated(150, 200, 7, 0, 2), /* for a stretch */
	};
	struct ledger ledger = { 4, calibration };
	ledger_sort(&ledger);
	assert_true(isnan(factor_at(&ledger, 99)));
	assert_close(factor_at(&ledger, 100), 1.5, 0);
	assert_close(factor_at(&ledger, 149), 1.5, 0);
	assert_close(factor_at(&ledger, 150), 2, 0);
	assert_close(factor_at(&ledger, 199), 2, 0);
	assert_close(factor_at(&ledger, 200), 1.5, 0);
	assert_close(factor_at(&ledger, 299), 1.5, 0);
	assert_close(factor_at(&ledger, 300), 3, 0);
	assert_null(ledger_find(&ledger, "bt-outlet", "tss", 300));
	assert_null(ledger_find(&ledger, "bt-stack", "cod", 300));
}

static void values_in_force_are_changed_and_no_others(void **state)
{
	struct calibration calibration[] = { dated(100, 200, 1, 5, 2) };
	const struct ledger ledger = { 1, calibration };
	const int64_t time_us[] = { 99, 100, 150, 199, 200 };
	double value[] = { 1, 1, NAN, 1, 1 };
	assert_int_equal(
	        ledger_apply(&ledger, "bt-outlet", "cod", time_us, value, 5), 2);
	assert_close(value[0], 1, 0);
	assert_close(value[1], 7, 0);
	assert_true(isnan(value[2]));
	assert_close(value[3], 7, 0);
	assert_close(value[4], 1, 0);
	assert_int_equal(
	        ledger_apply(&ledger, "bt-outlet", "tss", time_us, value, 5), 0);
}

static void a_calibration_comes_back_from_its_document(void **state)
{
	double x[] = { 0.1, 100, 200.5 }, y[] = { 0, 101, 1.0 / 3 }, u[] = { 1, 2, 3 };
	struct calibration sent = dated(INT64_C(1794157200000000),
	        INT64_C(1794243600000000), 0, -0.262323073774029, 1.00211681802045);
	sent.id = "cod-2026-11";
	sent.instrument = "cod";
	sent.who = "Nguyễn \"Mẫu\"";
	sent.note = "";
	sent.certificate = "V06.CN5.001";
	sent.done_us = sent.from_us - 1;
	sent.relation.var_a = 0.054;
	sent.relation.cov_ab = -1e-5;
	sent.relation.s = 0.88;
	sent.relation.n = 3;
	sent.relation.x_low = 0.1;
	sent.relation.x_high = 200.5;
	sent.n_points = 3;
	sent.x = x;
	sent.y = y;
	sent.u = u;
	char *json;
	struct calibration got;
	struct problem why = { 0 };
	assert_int_equal(calibration_json(&sent, &json), OK);
	assert_true(document_is(json, strlen(json), "calibration"));
	assert_int_equal(calibration_read(&got, json, strlen(json), 77, &why), OK);
	assert_string_equal(got.id, "cod-2026-11");
	assert_string_equal(got.who, "Nguyễn \"Mẫu\"");
	assert_string_equal(got.certificate, "V06.CN5.001");
	assert_true(got.from_us == sent.from_us && got.to_us == sent.to_us);
	assert_true(got.done_us == sent.done_us && got.stored_us == 77);
	assert_memory_equal(&got.relation.a, &sent.relation.a, sizeof(double));
	assert_memory_equal(&got.relation.b, &sent.relation.b, sizeof(double));
	assert_close(got.relation.cov_ab, -1e-5, 0);
	assert_int_equal(got.relation.n, 3);
	assert_int_equal(got.n_points, 3);
	assert_memory_equal(got.y, y, sizeof y);
	assert_memory_equal(got.u, u, sizeof u);
	config_free(got.config);
	free(json);
}

static void what_is_no_calibration_is_refused(void **state)
{
	static const struct {
		const char *json, *says;
	} table[] = {
		{ "{\"kind\":\"calibration\",\"id\":\"a\",\"station\":\"s\","
		  "\"channel\":\"cod\","
		  "\"from\":\"2026-11-09T00:00:00Z\",\"a\":0,\"b\":1}",
		        NULL },
		{ "{\"kind\":\"calibration\",\"id\":\"a\",\"station\":\"s\","
		  "\"channel\":\"cod\","
		  "\"from\":\"2026-11-09T00:00:00Z\",\"a\":0}",
		        "'b'" },
		{ "{\"kind\":\"calibration\",\"id\":\"a\",\"station\":\"s\","
		  "\"channel\":\"cod\","
		  "\"from\":\"2026-11-09T00:00:00Z\",\"a\":0,\"b\":1,\"x\":[1,2],\"y\":"
		  "[1]}",
		        "equally long" },
		{ "{\"kind\":\"calibration\",\"id\":\"a\",\"station\":\"s\","
		  "\"channel\":\"cod\","
		  "\"from\":\"2026-11-09T00:00:00Z\",\"to\":\"2026-11-08T00:00:00Z\","
		  "\"a\":0,"
		  "\"b\":1}",
		        "not after" },
	};
	for (size_t i = 0; i < sizeof table / sizeof table[0]; i++) {
		struct calibration calibration;
		struct problem why = { 0 };
		int status = calibration_read(
		        &calibration, table[i].json, strlen(table[i].json), 0, &why);
		if (table[i].says == NULL) {
			assert_int_equal(status, OK);
			config_free(calibration.config);
			continue;
		}
		assert_int_equal(status, MALFORMED);
		assert_contains(why.text, table[i].says);
	}
}

static void documents_are_told_apart_by_their_kind(void **state)
{
	const char *json = " { \"kind\" : \"permit\", \"id\":1}";
	assert_true(document_is(json, strlen(json), "permit"));
	assert_false(document_is(json, strlen(json), "perm"));
	assert_false(document_is(json, strlen(json), "permits"));
	for (size_t n = 0; n < 20; n++)
		assert_false(document_is(json, n, "permit"));
	assert_false(document_is("{\"id\":\"permit\"}", 15, "permit"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_newest_in_force_is_found),
		cmocka_unit_test(values_in_force_are_changed_and_no_others),
		cmocka_unit_test(a_calibration_comes_back_from_its_document),
		cmocka_unit_test(what_is_no_calibration_is_refused),
		cmocka_unit_test(documents_are_told_apart_by_their_kind),
	};
	return cmocka_run_group_tests_name("ledger", tests, NULL, NULL);
}
