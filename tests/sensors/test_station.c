/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tests/kits/check.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/digest.h"
#include "base/folder.h"
#include "base/record.h"
#include "sensors/drivers/modbus.h"
#include "sensors/station/station.h"
#include "sensors/tables/values.h"
#include "tests/kits/changed.h"

static const char good[] =
        "zone: {id: kcn-mau, name: KCN Mẫu}\n"
        "station:\n"
        "  id: nt-01\n"
        "  name: Nước thải sau xử lý\n"
        "  role: A\n"
        "  simulation: yes\n"
        "  coordinates: \"1130000, 580000\"\n"
        "  latitude: 10.2\n"
        "  longitude: 106.4\n"
        "facility: {id: co-so-a, name: Cơ sở Mẫu A}\n"
        "outlets:\n"
        "  - {id: cong-xa, name: Cống xả, kind: water}\n"
        "journal: {folder: journal, keep: 90d}\n"
        "collector: {endpoint: \"tcp://192.0.2.7:5710\", server_key: collector.pub, "
        "secret_key: nt-01.key}\n"
        "ports:\n"
        "  - {id: bus, path: /dev/modbus0, line: 9600 8N1}\n"
        "  - {id: stack, tcp: \"[2001:db8::9]:502\"}\n"
        "instruments:\n"
        "  - {id: flow, profile: sim-flow, port: bus, slave: 1, poll_every: 30s}\n"
        "  - id: cod\n"
        "    profile: sim-water-quality\n"
        "    port: bus\n"
        "    serial: SN-77\n"
        "    timeout: 2s\n"
        "    channels:\n"
        "      - {name: cod, range: 0..450 mg/L, accuracy_reading: 4%, label_en: COD "
        "after treatment}\n"
        "      - {name: tss, off: yes}\n"
        "  - {id: gas, profile: sim-stack, port: stack}\n";

static int use_profiles(void **state)
{
	return setenv("QUANTRAC_PROFILES", project_file("sensors/profiles"), 1);
}

static struct station *parse(const char *text)
{
	struct station *station;
	struct problem why = { .text = "" };
	int status = station_parse(&station, text, strlen(text),
	        "/etc/quantrac/station.yaml", stderr, &why);
	if (status != OK)
		fail_msg("%s", why.text);
	return station;
}

static void refused(const char *from, const char *to, const char *says)
{
	station_refused(good, from, to, says);
}

static void accepted(const char *from, const char *to)
{
	station_taken(good, from, to);
}

static void a_good_configuration_is_read(void **state)
{
	struct station *station = parse(good);
	char path[128];
	assert_string_equal(station->zone, "kcn-mau");
	assert_string_equal(station->id, "nt-01");
	assert_true(station->simulation);
	assert_int_equal(station->utc_offset_min, 420);
	assert_close(station->keep_s, 90 * 86400.0, 0);
	assert_string_equal(station->collector, "tcp://192.0.2.7:5710");
	assert_int_equal(station->n_ports, 2);
	assert_int_equal(station->port[0].mode, FRAMING_RTU);
	assert_int_equal(station->port[1].mode, FRAMING_TCP);
	assert_string_equal(station->port[1].setting.host, "2001:db8::9");
	assert_string_equal(station->port[1].setting.service, "502");
	assert_int_equal(station->port[0].setting.dtr, 1);
	const struct station_instrument *cod = &station->instrument[1];
	assert_int_equal(cod->slave, 3); /* the profile's */
	assert_int_equal(cod->instrument.slave, 3);
	assert_close(cod->poll_every_s, 60, 0);
	assert_close(cod->timeout_s, 2, 0);
	assert_close(cod->channel_setting[0].high, 450, 0);
	assert_true(cod->channel_setting[1].off);
	assert_close(cod->channel_setting[2].high, 15, 0);
	assert_int_equal(station->instrument[2].instrument.framing, FRAMING_TCP);
	station_path(station, "nt-01.key", path, sizeof path);
	assert_string_equal(path, "/etc/quantrac/nt-01.key");
	station_path(station, "/var/key", path, sizeof path);
	assert_string_equal(path, "/var/key");
	station_free(station);
}

static void what_tables_cannot_say_is_checked(void **state)
{
	refused("profile: sim-flow", "profile: sim-flwo", "did you mean 'sim-flow'");
	refused("port: bus, slave: 1", "port: bsu, slave: 1", "did you mean 'bus'");
	refused("slave: 1", "slave: 3", "on port 'bus' has slave 3 too");
	refused("id: cod\n", "id: flow\n", "a second instrument 'flow'");
	refused("{id: stack,", "{id: bus,", "a second port 'bus'");
	refused("line: 9600 8N1", "line: 9600x", "'9600x' is not a line setting");
	refused("[2001:db8::9]:502", "2001:db8::9:502", "is not host:port");
	refused("[2001:db8::9]:502", "192.0.2.9", "is not host:port");
	refused("[2001:db8::9]:502", "192.0.2.9:0", "is not host:port");
	refused("0..450 mg/L", "0..450", "is not a range with its unit");
	refused("0..450 mg/L", "450..0 mg/L", "is not a range with its unit");
	refused("0..450 mg/L", "0..450 m3/h", "is not a range in mg/L");
	refused("{name: tss,", "{name: tsss,", "has no channel 'tsss'");
	refused("simulation: yes", "simulation: no", "made up for simulation");
	refused("server_key: collector.pub, ", "", "needs server_key and secret_key");
	refused("tcp://192.0.2.7:5710", "192.0.2.7:5710", "write tcp://ADDRESS:PORT");
	refused("tcp://192.0.2.7:5710", "tcp://192.0.2.7", "write tcp://ADDRESS:PORT");
	refused("tcp://192.0.2.7:5710", "tcp://192.0.2.7:70000",
	        "write tcp://ADDRESS:PORT");
	refused("path: /dev/modbus0, line: 9600 8N1", "line: 9600 8N1",
	        "needs one of path, tcp and listen");
	refused("8N1}", "8N1, mode: tcp}", "cannot carry mode tcp");
	refused("502\"}", "502\", mode: rtu}", "mode rtu is for serial lines");
	refused("kind: water}\n",
	        "kind: water}\n  - {id: khoi, name: Ống khói, kind: stack}\n",
	        "must say which outlet it watches");
	refused("poll_every: 30s", "poll_every: 30s, outlet: cong",
	        "there is no outlet 'cong'");
	accepted("0..450 mg/L", "0..0.45 g/L");
	accepted("502\"}", "502\", mode: rtu-over-tcp}");
	accepted("collector: {endpoint: \"tcp://192.0.2.7:5710\", server_key: "
	         "collector.pub, secret_key: "
	         "nt-01.key}\n",
	        "");
}

/* docs/station.yaml is a real station's but for one line, which goes first. */
static struct station *real_station(const char *was, const char *is, char **text)
{
	size_t n;
	char *file, *changed, *at;
	struct station *station;
	assert_int_equal(
	        file_read(project_file("docs/station.yaml"), 1 << 20, &file, &n), OK);
	char *simulation = strstr(file, "  simulation: yes");
	assert_non_null(simulation);
	char *next = strchr(simulation, '\n') + 1;
	memmove(simulation, next, strlen(next) + 1);
	at = strstr(file, was);
	assert_non_null(at);
	assert_true(asprintf(&changed, "%.*s%s%s", (int)(at - file), file, is,
	                    at + strlen(was)) > 0);
	FILE *report = open_memstream(text, &(size_t){ 0 });
	station_parse(&station, changed, strlen(changed), "station.yaml", report, NULL);
	fclose(report);
	free(changed);
	free(file);
	return station;
}

static void nothing_less_than_the_law_wants_is_kept(void **state)
{
	char *text;
	struct station *station = real_station("keep: 90d", "keep: 1439h", &text);
	assert_null(station);
	assert_contains(text, "less than the 60 that the law wants");
	assert_contains(text, "article 39");
	free(text);
	station = real_station("keep: 90d", "keep: 60d", &text);
	assert_non_null(station);
	assert_string_equal(text, "");
	station_free(station);
	free(text);
	station = real_station(", keep: 90d", "", &text);
	assert_close(station->keep_s, 90 * 86400.0, 0);
	assert_close(station->commit_s, 1, 0);
	assert_int_equal(station->memory_bytes, 8 << 20);
	station_free(station);
	free(text);
}

static void the_room_is_reckoned_from_the_instruments(void **state)
{
	char *text, room[64];
	struct station *station = real_station("keep: 90d", "keep: 90d", &text);
	free(text);
	double day = station_bytes_a_day(station), own = 1048576;
	uint64_t needed = station_room_needed(station);
	/* two instruments every 10 s: 8,641 entries of each at most */
	double each = (day - own) / 8641;
	assert_true(each > 2 * (16 + 64 + 40) && each < 2 * 1000);
	assert_close((double)needed, day * 90 * 1.1 + 4 * (4 << 20), 2);
	assert_int_equal(station_room(station), needed);
	station_free(station);
	snprintf(room, sizeof room, "keep: 90d, room: %.3f kB",
	        (double)needed / 1000 + 0.001);
	station = real_station("keep: 90d", room, &text);
	assert_non_null(station);
	assert_true(station_room(station) >= needed);
	station_free(station);
	free(text);
	snprintf(room, sizeof room, "keep: 90d, room: %.3f kB",
	        (double)needed / 1000 - 0.002);
	station = real_station("keep: 90d", room, &text);
	assert_null(station);
	assert_contains(text, "cannot hold 90 days of these instruments");
	free(text);
	station = real_station("keep: 90d", "keep: 90d, room: 12 gibi", &text);
	assert_null(station);
	assert_contains(text, "'12 gibi' is no size");
	free(text);
	station = real_station("keep: 90d", "keep: 90d, memory: 1023 KiB", &text);
	assert_null(station);
	assert_contains(text, "no size from 1 MiB to 1 GiB");
	free(text);
}

static void a_size_has_a_unit(void **state)
{
	uint64_t bytes;
	assert_int_equal(size_parse("12 GiB", &bytes), OK);
	assert_true(bytes == UINT64_C(12) << 30);
	assert_int_equal(size_parse("1.5MB", &bytes), OK);
	assert_int_equal(bytes, 1500000);
	assert_int_equal(size_parse("12", &bytes), MALFORMED);
	assert_int_equal(size_parse("0 GiB", &bytes), MALFORMED);
	assert_int_equal(size_parse("-1 GiB", &bytes), MALFORMED);
	assert_int_equal(size_parse("nan GiB", &bytes), MALFORMED);
	assert_int_equal(size_parse("1e10 GiB", &bytes), MALFORMED);
}

/* What the tables find and what they cannot say, together and in the order of the file;
 * and nothing is said of what follows from an error that was told. */
static void all_errors_are_told_at_once(void **state)
{
	static const char bad[] =
	        "zone: {id: kcn-mau, name: KCN Mẫu}\n"
	        "station: {id: nt-01, name: Nước thải, simulation: maybe}\n"
	        "facility: {id: co-so-a, name: Cơ sở\xE9 Mẫu A}\n"
	        "outlets: [{id: cong-xa, name: Cống xả, kind: watter}]\n"
	        "journal: {folder: journal, keep: 90}\n"
	        "ports:\n"
	        "  - {id: bus, path: /dev/modbus0, line: 9600x}\n"
	        "  - {id: bus, tcp: \"192.0.2.9:502\", mode: rttu}\n"
	        "instruments:\n"
	        "  - {id: flow, profile: sim-flow, port: bsu, slave: 3, perod: 5s}\n"
	        "  - {id: ph, profile: sim-ph-temperature, port: bus, slave: 300}\n"
	        "  - {id: Two, profile: sim-ph-temperature, port: bus}\n"
	        "  - {id: cod, profile: sim-water, port: bus, slave: 3}\n"
	        "  - {profile: sim-flow, port: bus, port: bus, slave: 4}\n";
	static const char *const wanted[] = { "2:51: error: simulation: 'maybe'",
		"3:36: error: byte 0xE9 is not UTF-8", "4:46: error: kind: 'watter'",
		"5:34: error: keep: '90' has no unit", "7:41: error: '9600x'",
		"8:10: error: a second port 'bus'", "8:43: error: mode: 'rttu'",
		"10:41: error: there is no port 'bsu'",
		"10:56: error: unknown key 'perod'",
		"11:61: error: slave: '300' is outside", "12:10: error: id: 'Two'",
		"13:24: error: there is no profile 'sim-water'",
		"14:6: error: missing key 'id'",
		"14:36: error: the key 'port' is written twice" };
	struct station *station;
	struct problem why;
	char *text, *at;
	FILE *report = open_memstream(&text, &(size_t){ 0 });
	assert_int_equal(station_parse(&station, bad, sizeof bad - 1, "station.yaml",
	                         report, &why),
	        MALFORMED);
	fclose(report);
	at = text;
	for (size_t i = 0; i < sizeof wanted / sizeof wanted[0]; i++) {
		char line[128];
		snprintf(line, sizeof line, "station.yaml:%s", wanted[i]);
		char *found = strstr(at, line);
		if (found == NULL)
			fail_msg("'%s' is not in\n%s", line, at);
		at = found != NULL ? found + 1 : text;
	}
	free(text);
	assert_string_equal(why.text, "station.yaml: 14 errors");
	assert_int_equal(why.exit, EXIT_CONFIG);
}

static void describes_hold_what_the_station_says(void **state)
{
	struct station *station = parse(good);
	struct describe *part[3], *whole, *back;
	static uint8_t payload[RECORD_MOST];
	char hex[DIGEST_HEX];
	struct problem why;
	for (size_t i = 0; i < 3; i++) {
		part[i] = station_describe_instrument(station, i);
		assert_non_null(part[i]);
		int n = describe_encode(part[i], payload, sizeof payload);
		assert_true(n > 0);
		assert_int_equal(describe_decode(&back, payload, (size_t)n, &why), OK);
		assert_memory_equal(back->hash, part[i]->hash, 32);
		assert_string_equal(
		        back->profile, station->instrument[i].profile->text);
		assert_true(describe_simulated(back));
		describe_free(back);
	}
	assert_close(part[1]->channel[0].high, 450, 0);
	assert_close(part[1]->channel[0].accuracy_reading_percent, 4, 0);
	assert_close(part[1]->channel[0].accuracy_span_percent, 3, 0);
	assert_string_equal(part[1]->channel[0].label_en, "COD after treatment");
	assert_string_equal(part[1]->channel[2].expressed_as, "N");
	assert_close(part[0]->channel[0].result_every_s, 30, 0);
	assert_string_equal(part[1]->serial, "SN-77");
	assert_string_equal(part[1]->outlet, "cong-xa");
	whole = station_describe(station, part);
	assert_true(describe_encode(whole, payload, sizeof payload) > 0);
	digest_print(part[2]->hash, hex);
	assert_string_equal(whole->part[2].hash, hex);
	assert_string_equal(whole->part[2].instrument, "gas");
	assert_string_equal(whole->outlet_kind, "water");
	assert_true(isnan(whole->altitude_m));
	describe_free(whole);
	for (size_t i = 0; i < 3; i++)
		describe_free(part[i]);
	station_free(station);
}

/* Whatever single byte is turned: read, or refused with a reason; never anything
 * else. */
static void a_spoilt_configuration_is_read_or_refused(void **state)
{
	uint64_t seed = 3;
	char text[sizeof good];
	for (int i = 0; i < 1500; i++) {
		struct station *station;
		struct problem why = { .text = "" };
		memcpy(text, good, sizeof good);
		text[chance(&seed) % (sizeof good - 1)] = (char)(chance(&seed) % 128);
		text[chance(&seed) % (sizeof good - 1)] = (char)(chance(&seed) % 128);
		int status = station_parse(
		        &station, text, sizeof good - 1, "station.yaml", NULL, &why);
		assert_true((status == OK) == (why.text[0] == '\0'));
		station_free(station);
	}
}

static void a_missing_file_is_said(void **state)
{
	struct station *station;
	struct problem why;
	assert_int_equal(
	        station_read(&station, "/nowhere/station.yaml", NULL, &why), NOT_FOUND);
	assert_int_equal(why.exit, EXIT_NO_FILE);
	assert_contains(why.text, "/nowhere/station.yaml");
}

static void a_name_that_may_change_is_warned_of_and_no_error(void **state)
{
	struct station *station;
	char changed[4096], *text = NULL;
	size_t n;
	FILE *report = open_memstream(&text, &n);
	const char *at = strstr(good, "/dev/modbus0");
	snprintf(changed, sizeof changed, "%.*s/dev/ttyUSB3%s", (int)(at - good), good,
	        at + strlen("/dev/modbus0"));
	assert_int_equal(station_parse(&station, changed, strlen(changed),
	                         "station.yaml", report, NULL),
	        OK);
	fclose(report);
	assert_contains(text, "station.yaml:16:21: warning: /dev/ttyUSB3 is whichever");
	assert_contains(text, "hint: write its name in /dev/serial/by-id");
	assert_int_equal(config_warnings(station->config), 1);
	assert_int_equal(config_errors(station->config), 0);
	station_free(station);
	free(text);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_good_configuration_is_read),
		cmocka_unit_test(what_tables_cannot_say_is_checked),
		cmocka_unit_test(all_errors_are_told_at_once),
		cmocka_unit_test(nothing_less_than_the_law_wants_is_kept),
		cmocka_unit_test(the_room_is_reckoned_from_the_instruments),
		cmocka_unit_test(a_size_has_a_unit),
		cmocka_unit_test(describes_hold_what_the_station_says),
		cmocka_unit_test(a_spoilt_configuration_is_read_or_refused),
		cmocka_unit_test(a_missing_file_is_said),
		cmocka_unit_test(a_name_that_may_change_is_warned_of_and_no_error),
	};
	return cmocka_run_group_tests_name("station", tests, use_profiles, NULL);
}
