/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The cabinet's keys of a configuration: contacts, sampler, limits that are shown. */
#include "tests/kits/check.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/folder.h"
#include "sensors/station/inputs.h"
#include "sensors/station/station.h"
#include "tests/kits/changed.h"
#include "tests/kits/station_head.h"

static const char head[] =
        STATION_HEAD "ports:\n"
                     "  - {id: bus, path: /dev/serial/by-id/usb-a}\n"
                     "  - {id: stack, tcp: \"192.0.2.9:502\"}\n"
                     "  - {id: spare, path: /dev/ttyS1, rts: off}\n"
                     "  - {id: tapped, path: /dev/ttyS2, master: other}\n"
                     "instruments:\n"
                     "  - {id: flow, profile: sim-flow, port: bus, slave: 1}\n"
                     "  - id: cod\n"
                     "    profile: sim-water-quality\n"
                     "    port: bus\n"
                     "    channels:\n"
                     "      - {name: cod, limit: 75 mg/L, limit_source: \"GPMT\"}\n"
                     "      - {name: tss, off: yes}\n";

static const char good[] =
        "inputs:\n"
        "  - {id: key, kind: maintenance, gpio: /dev/gpiochip0, gpio_line: 17, active: "
        "low, pull: up, instruments: [cod], ends_after: 90min}\n"
        "  - {id: door, kind: door, port: bus, modem: dsr, name: Cửa tủ}\n"
        "  - {id: ready, kind: sampler-ready, port: spare, modem: cts, settle: 0s}\n"
        "  - {id: mains, kind: mains, instrument: flow, channel: flow_out}\n"
        "cabinet: {usb: no}\n"
        "sampler: {armed: yes, instrument: cod, channel: cod, above: 75000 ug/L, for: "
        "15min, bottles: 24, ready: ready, gpio: /dev/gpiochip0, gpio_line: 22}\n";

static int use_profiles(void **state)
{
	return setenv("QUANTRAC_PROFILES", project_file("sensors/profiles"), 1);
}

/* The configuration with one text exchanged; what is told of it. */
static struct station *read_changed(const char *from, const char *to, char **told)
{
	struct station *station;
	char whole[8192];
	size_t n;
	snprintf(whole, sizeof whole, "%s%s", head, good);
	char *changed = changed_text(whole, from, to);
	FILE *report = open_memstream(told, &n);
	station_parse(&station, changed, strlen(changed), "station.yaml", report, NULL);
	fclose(report);
	free(changed);
	return station;
}

static void refused(const char *from, const char *to, const char *says)
{
	char *told;
	struct station *station = read_changed(from, to, &told);
	assert_null(station);
	assert_contains(told, says);
	free(told);
}

static struct station *accepted(const char *from, const char *to)
{
	char *told;
	struct station *station = read_changed(from, to, &told);
	assert_string_equal(told, "");
	free(told);
	return station;
}

static void what_is_written_is_read(void **state)
{
	struct station *station = accepted("", "");
	const struct cabinet_setting *cabinet = &station->cabinet;
	const struct input_setting *input = cabinet->input;
	assert_int_equal(cabinet->n_inputs, 4);
	assert_int_equal(input[0].kind, INPUT_MAINTENANCE);
	assert_int_equal(input[0].active, 1);
	assert_int_equal(input[0].pull, PULL_UP);
	assert_int_equal(input[0].gpio_line, 17);
	assert_close(input[0].ends_after_s, 5400, 0);
	assert_close(input[0].settle_s, 1, 0);
	assert_true(input[0].port_index == SIZE_MAX);
	assert_int_equal(input[1].port_index, 0);
	assert_int_equal(input[1].modem, MODEM_DSR);
	assert_int_equal(input[2].port_index, 2);
	assert_int_equal(input[3].instrument_index, 0);
	assert_int_equal(input[3].channel_index,
	        profile_channel_index(station->instrument[0].profile, "flow_out"));
	assert_close(input[3].ends_after_s, 7200, 0);
	assert_false(cabinet->usb);
	assert_true(cabinet->boot && cabinet->login && cabinet->has_sampler);
	assert_close(cabinet->sampler.rule.level, 75, 1e-12); /* 75000 ug/L */
	assert_int_equal(cabinet->sampler.rule.for_us, INT64_C(900000000));
	assert_int_equal(cabinet->sampler.rule.most_a_day, 4);
	assert_int_equal(cabinet->sampler.rule.readings, 3);
	assert_int_equal(cabinet->sampler.rule.utc_offset_min, 420);
	assert_int_equal(cabinet->sampler.ready_index, 2);
	assert_true(cabinet->sampler.armed);
	assert_close(station->instrument[1].override[0].limit_high, 75, 0);
	assert_true(isnan(station->instrument[1].override[0].limit_low));
	station_free(station);
}

static void nothing_need_be_written(void **state)
{
	struct station *station = accepted(good, "");
	assert_int_equal(station->cabinet.n_inputs, 0);
	assert_false(station->cabinet.has_sampler);
	assert_true(station->cabinet.usb && station->cabinet.boot &&
	            station->cabinet.login);
	station_free(station);
}

static void a_sampler_is_not_armed_unless_it_is_written(void **state)
{
	struct station *station = accepted("armed: yes, ", "");
	assert_true(station->cabinet.has_sampler);
	assert_false(station->cabinet.sampler.armed);
	station_free(station);
}

static void every_output_can_be_written(void **state)
{
	static const char gpio[] = "gpio: /dev/gpiochip0, gpio_line: 22";
	struct station *station = accepted(gpio, "port: spare, modem: rts");
	assert_int_equal(station->cabinet.sampler.port_index, 2);
	station_free(station);
	station = accepted(gpio, "port: bus, slave: 9, coil: 0");
	assert_int_equal(station->cabinet.sampler.port_index, 0);
	station_free(station);
	refused(gpio, "port: bus", "the sampler needs one output");
	refused(gpio, "port: bus, slave: 9", "the sampler needs one output");
	refused(gpio, "gpio: /dev/gpiochip0", "the sampler needs one output");
	refused(gpio, "port: bus, slave: 9, coil: 0, modem: rts",
	        "the sampler needs one output");
	refused(gpio, "port: spare, slave: 9, coil: 0",
	        "port 'spare' has no Modbus instrument that is asked");
	refused(gpio, "port: stack, modem: rts", "'stack' is no serial port");
	refused(gpio, "port: busy, modem: rts", "there is no port 'busy'");
	refused("gpio_line: 22", "gpio_line: 17", "input 'key' is wired to this line");
	/* RTS may drive the transmitter of a line that is only heard */
	refused(gpio, "port: tapped, modem: rts, active: low",
	        "'tapped' has another master");
	refused(gpio, "port: spare, modem: dtr", "opened with this line active");
	station_free(accepted(gpio, "port: spare, modem: dtr, active: low"));
}

static void a_contact_needs_one_place(void **state)
{
	refused("port: bus, modem: dsr, ", "",
	        "input 'door' needs one place where it is wired");
	refused("port: bus, modem: dsr",
	        "port: bus, modem: dsr, gpio: /dev/gpiochip1, gpio_line: 1",
	        "input 'door' needs one place");
	refused("modem: dsr, ", "", "port and modem belong together");
	refused("gpio_line: 17, ", "", "gpio and gpio_line belong together");
	refused("channel: flow_out", "settle: 2s", "instrument and channel belong");
	refused("port: bus, modem: dsr", "port: stack, modem: dsr",
	        "'stack' is no serial port");
	refused("port: bus, modem: dsr", "port: nowhere, modem: dsr",
	        "there is no port 'nowhere'");
	refused("instrument: flow", "instrument: low", "there is no instrument 'low'");
	refused("channel: flow_out", "channel: door1", "has no channel 'door1'");
	refused("instrument: flow, channel: flow_out", "instrument: cod, channel: tss",
	        "channel 'tss' of 'cod' is switched off");
}

static void contacts_are_told_apart(void **state)
{
	refused("id: door", "id: key", "a second input 'key'");
	refused("port: spare, modem: cts", "port: bus, modem: dsr",
	        "'ready' is wired to the place of 'door'");
	refused("port: spare, modem: cts", "gpio: /dev/gpiochip0, gpio_line: 17",
	        "'ready' is wired to the place of 'key'");
	station_free(accepted("port: spare, modem: cts", "port: bus, modem: cts"));
}

static void only_a_maintenance_switch_marks_instruments(void **state)
{
	refused("name: Cửa tủ", "instruments: [cod]",
	        "only an input of kind maintenance");
	refused("instruments: [cod]", "instruments: [cot]", "no instrument 'cot'");
	refused("ends_after: 90min", "ends_after: 121min", "ends_after");
	station_free(accepted("ends_after: 90min", "ends_after: 2h"));
	refused("kind: mains", "kind: other", "of kind other needs a name");
	refused("settle: 0s", "settle: 31s", "settle");
}

static void a_sampler_needs_a_level_with_its_unit(void **state)
{
	refused("above: 75000 ug/L", "above: 75", "is not a level in mg/L");
	refused("above: 75000 ug/L", "above: 75 m3", "is not a level in mg/L");
	refused("above: 75000 ug/L", "above: mg/L", "is not a level in mg/L");
	refused("above: 75000 ug/L, ", "", "write one of above and below");
	refused("above: 75000 ug/L", "above: 75 mg/L, below: 1 mg/L",
	        "write one of above and below");
	struct station *station = accepted("above: 75000 ug/L", "below: 5 mg/L");
	assert_true(station->cabinet.sampler.rule.below);
	station_free(station);
	refused("ready: ready", "ready: door", "input 'door' is of kind door");
	refused("ready: ready", "ready: steady", "there is no input 'steady'");
	refused("channel: cod, above", "channel: tss, above", "is switched off");
}

static void a_limit_that_is_shown_needs_unit_and_source(void **state)
{
	refused(", limit_source: \"GPMT\"", "", "a limit needs its source");
	refused("limit: 75 mg/L", "limit: 75", "'75' is not a limit in mg/L");
	struct station *station = accepted("limit: 75 mg/L", "limit: 10..75 mg/L");
	assert_close(station->instrument[1].override[0].limit_low, 10, 0);
	assert_close(station->instrument[1].override[0].limit_high, 75, 0);
	station_free(station);
}

/* What the tables refused is told once. */
static void an_error_of_the_tables_brings_no_others(void **state)
{
	char *told;
	assert_null(read_changed("modem: dsr", "modem: dtr", &told));
	assert_null(strstr(told, "belong together"));
	assert_contains(told, "modem");
	free(told);
}

/* docs/station.yaml with the # taken away from what may be wired. */
static void the_sample_is_right_with_all_of_it(void **state)
{
	char *text, *told = NULL;
	size_t n, m;
	struct station *station;
	assert_int_equal(
	        file_read(project_file("docs/station.yaml"), 100000, &text, &n), OK);
	char *line = text;
	do {
		line += *line == '\n';
		bool key = line[0] == '#' && line[1] >= 'a' && line[1] <= 'z';
		if (key || strncmp(line, "#  ", 3) == 0)
			memmove(line, line + 1, strlen(line));
		line = strchr(line, '\n');
	} while (line != NULL);
	FILE *report = open_memstream(&told, &m);
	int status = station_parse(
	        &station, text, strlen(text), "docs/station.yaml", report, NULL);
	fclose(report);
	if (status != OK)
		fail_msg("%s", told);
	assert_int_equal(station->cabinet.n_inputs, 5);
	assert_true(station->cabinet.sampler.armed);
	assert_true(station->cabinet.sampler.rule.below);
	assert_close(station->instrument[0].override[0].limit_low, 6, 0);
	station_free(station);
	free(told);
	free(text);
}

/* Every key of the cabinet is explained in both languages. */
static void every_key_has_help_in_both_languages(void **state)
{
	static const struct section *const sections[] = { &input_section,
		&events_section, &sampler_section };
	for (size_t i = 0; i < 3; i++)
		for (const struct field *f = sections[i]->field; f->key != NULL; f++) {
			assert_true(f->help != NULL && strlen(f->help) > 5);
			assert_true(f->help_vi != NULL && strlen(f->help_vi) > 5);
			assert_string_not_equal(f->help, f->help_vi);
		}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_sample_is_right_with_all_of_it),
		cmocka_unit_test(every_key_has_help_in_both_languages),
		cmocka_unit_test(what_is_written_is_read),
		cmocka_unit_test(nothing_need_be_written),
		cmocka_unit_test(a_sampler_is_not_armed_unless_it_is_written),
		cmocka_unit_test(every_output_can_be_written),
		cmocka_unit_test(a_contact_needs_one_place),
		cmocka_unit_test(contacts_are_told_apart),
		cmocka_unit_test(only_a_maintenance_switch_marks_instruments),
		cmocka_unit_test(a_sampler_needs_a_level_with_its_unit),
		cmocka_unit_test(a_limit_that_is_shown_needs_unit_and_source),
		cmocka_unit_test(an_error_of_the_tables_brings_no_others),
	};
	return cmocka_run_group_tests_name("cabinet_config", tests, use_profiles, NULL);
}
