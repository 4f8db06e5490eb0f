/* SPDX-License-Identifier: GPL-3.0-or-later */
/* quantrac station add, the real program, with a person at a terminal. */
#include "tests/kits/check.h"

#include <pty.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/status.h"
#include "cli/station_add.h"
#include "tests/kits/adding_rig.h"
#include "tests/kits/line_kit.h"

/* Give each answer when its question has come; all that was shown, one buffer. */
static char *answered_in(
        const char *folder, const char *lang, const char *const *dialogue, int code)
{
	static char shown[65536];
	char program[4096];
	size_t n = 0, from = 0;
	int master, status;
	assert_non_null(realpath(project_file("build/san/quantrac"), program));
	pid_t child = forkpty(&master, NULL, NULL, NULL);
	if (child == 0) {
		if (chdir(folder) != 0)
			_exit(99);
		execl(program, program, "station", "add", "--lang", lang, "--config",
		        access("station.yaml", F_OK) == 0 ? "station.yaml" : "new.yaml",
		        NULL);
		_exit(98);
	}
	shown[0] = '\0';
	for (size_t i = 0; dialogue[i] != NULL; i += 2) {
		char *at = NULL;
		while ((at = strstr(shown + from, dialogue[i])) == NULL) {
			size_t more = line_read(master, (uint8_t *)shown + n,
			        sizeof shown - 1 - n, 20000);
			if (more == 0)
				fail_msg("never asked '%s': %s", dialogue[i], shown);
			shown[n += more] = '\0';
		}
		from = (size_t)(at - shown) + strlen(dialogue[i]);
		size_t length = strlen(dialogue[i + 1]);
		assert_int_equal(write(master, dialogue[i + 1], length), length);
	}
	for (size_t more; (more = line_read(master, (uint8_t *)shown + n,
	                           sizeof shown - 1 - n, 20000)) > 0;)
		shown[n += more] = '\0';
	assert_int_equal(waitpid(child, &status, 0), child);
	close(master);
	if (!WIFEXITED(status) || WEXITSTATUS(status) != code)
		fail_msg("ended with %d: %s", WEXITSTATUS(status), shown);
	return shown;
}

static char *answered(const char *folder, const char *const *dialogue, int code)
{
	return answered_in(folder, "en", dialogue, code);
}

static void a_person_is_asked_and_may_take_what_is_proposed(void **state)
{
	static const char *const dialogue[] = {
		"a number above, a path, or host:port): ", "nowhere\n",
		"there is no port 'nowhere'", "1\n", "Model", "fixture\n",
		"2 models hold 'fixture'", "fixture-gas\n",
		"Address set on the instrument [2]: ", "7\n",
		"Id of the instrument (a-z, 0-9, -) [dust]: ", "\n", "Write it into",
		"\n", NULL
	};
	pid_t line = adding_begin(*state);
	char *text = answered(*state, dialogue, 0);
	assert_contains(text, "23.5 mg/m³    ok");
	assert_contains(text, "instrument 'dust' added on port bus");
	line_says(*state, "config check station.yaml", 0, "2 instruments on 1 port");
	line_end(line);
}

static void a_person_may_say_no(void **state)
{
	static const char *const silent[] = { "host:port): ", "bus\n", "Model",
		"fixture-gas\n", "Address", "9\n", "Id of", "\n",
		"Write it nevertheless? (y/N): ", "\n", NULL };
	static const char *const gone[] = { "host:port): ", "\x04", NULL };
	static const char *const no[] = { "host:port): ", "bus\n", "Model",
		"fixture-gas\n", "Address", "7\n", "Id of", "\n", "Write it into",
		"n\n", NULL };
	pid_t line = adding_begin(*state);
	answered(*state, silent, EXIT_FOUND);
	adding_unchanged(*state);
	assert_contains(answered(*state, gone, EXIT_TRY_AGAIN), "nothing was written");
	adding_unchanged(*state);
	assert_contains(answered(*state, no, EXIT_TRY_AGAIN), "nothing was written");
	adding_unchanged(*state);
	line_end(line);
}

/* However it is left, by Ctrl-C or the end of input, and whatever was refused before. */
static void who_goes_away_is_told_that_nothing_was_written(void **state)
{
	static const char *const at_port[] = { "host:port): ", "nowhere\n",
		"there is no port 'nowhere'", "", "host:port): ", "\x03", NULL };
	static const char *const at_model[] = { "host:port): ", "bus\n", "Model",
		"nonsense\n", "there is no profile 'nonsense'", "", "list`): ", "\x04",
		NULL };
	static const char *const at_write[] = { "host:port): ", "bus\n", "Model",
		"fixture-gas\n", "Address", "7\n", "Id of", "\n", "Write it into",
		"\x03", NULL };
	static const char *const at_silent[] = { "máy:cổng): ", "bus\n", "Kiểu",
		"fixture-gas\n", "Địa chỉ", "9\n", "Mã thiết bị", "\n",
		"Vẫn ghi vào cấu hình?", "\x03", NULL };
	pid_t line = adding_begin(*state);
	assert_contains(answered(*state, at_port, EXIT_TRY_AGAIN),
	        "station add: nothing was written");
	assert_contains(answered(*state, at_model, EXIT_TRY_AGAIN),
	        "station add: nothing was written");
	assert_contains(answered(*state, at_write, EXIT_TRY_AGAIN),
	        "station add: nothing was written");
	assert_contains(answered_in(*state, "vi", at_silent, EXIT_TRY_AGAIN),
	        "station add: chưa ghi gì");
	adding_unchanged(*state);
	line_end(line);
}

static void an_answer_that_will_not_do_is_asked_for_again(void **state)
{
	static const char *const dialogue[] = { "host:port): ", "bus\n", "Model",
		"fixture-gas\n", "Address set on the instrument [2]: ", "Trạm nước 1\n",
		"is no Modbus address", "", "[2]: ", "0\n",
		"'0' is no Modbus address: a number from 1 to 255", "",
		"[2]: ", "256\n", "'256' is no Modbus address", "", "[2]: ", "7\n",
		"(a-z, 0-9, -) [dust]: ", "Bụi 1\n", "'Bụi 1' is not an id", "",
		"[dust]: ", "cod\n", "there is an instrument 'cod' already", "",
		"[dust]: ", "\n", "Write it into", "\n", NULL };
	pid_t line = adding_begin(*state);
	answered(*state, dialogue, 0);
	line_says(*state, "config check station.yaml", 0, "2 instruments on 1 port");
	line_end(line);
}

/* Not after the last question, when all that was said is lost. */
static void what_config_check_would_refuse_is_asked_for_again_at_once(void **state)
{
	static const char *const clink[] = { "host:port): ", "bus\n", "Model",
		"thermo-42i-clink\n", "Address set on the instrument [42]: ", "abc\n",
		"'abc' is no address here: write it as the instrument has it", "",
		"[42]: ", "42\n", "(a-z, 0-9, -) [no]: ", "\x03", NULL };
	static const char *const clink_vi[] = { "máy:cổng): ", "bus\n", "Kiểu",
		"thermo-42i-clink\n", "[42]: ", "abc\n",
		"'abc' không phải là địa chỉ của loại thiết bị này: hãy ghi như", "",
		"[42]: ", "\x03", NULL };
	static const char *const twin[] = { "host:port): ", "bus\n", "Model",
		"fixture-gas\n", "[2]: ", "3\n", "'cod' on this port has the address 3",
		"", "[2]: ", "7\n", "(a-z, 0-9, -) [dust]: ", "\x03", NULL };
	pid_t line = adding_begin(*state);
	answered(*state, clink, EXIT_TRY_AGAIN);
	answered_in(*state, "vi", clink_vi, EXIT_TRY_AGAIN);
	answered(*state, twin, EXIT_TRY_AGAIN);
	adding_unchanged(*state);
	line_end(line);
}

static void modbus_with_seven_bits_is_ascii(void **state)
{
	const struct driver modbus = { .modbus = true }, text = { 0 };
	struct profile profile = { .driver = &modbus };
	struct adding adding = { .profile = &profile };
	assert_true(station_is_line(&adding, "9600 8E1"));
	assert_false(station_is_line(&adding, "9600 8"));
	assert_false(station_is_line(&adding, "9600 7E1"));
	strcpy(adding.word.mode, "ascii");
	assert_true(station_is_line(&adding, "9600 7E1"));
	adding.word.mode[0] = '\0';
	profile.driver = &text;
	assert_true(station_is_line(&adding, "9600 7E1"));
}

/* A new file, in Vietnamese: names are enough, ids are proposed. */
static void a_new_file_is_filled_in_by_names(void **state)
{
	static const char *const dialogue[] = { "máy:cổng): ", "run/bus\n", "Kiểu",
		"thermo\n", "kiểu thiết bị khớp với 'thermo'", "krohne-ifc050\n",
		"Địa chỉ", "7\n", "Mã thiết bị", "\n",
		"Khu công nghiệp, tên hoặc mã=tên (ví dụ kcn-mau=KCN Mẫu): ",
		"KCN Đình Trám\n", "Mã (a-z, 0-9, -) [kcn-dinh-tram]: ", "\n",
		"Cơ sở, tên", "Ô a=x\n", "'Ô a' không phải là mã", "", "Cơ sở, tên",
		"a=Cơ sở A\n", "Trạm này", "Trạm nước thải số 1\n",
		"[tram-nuoc-thai-s]: ", "Trạm\n", "'Trạm' không phải là mã", "",
		"[tram-nuoc-thai-s]: ", "nt-01\n", "Điểm xả, tên", "cua-xa\n",
		"Loại điểm xả", "nước\n", "'nước' không phải là water", "",
		"Loại điểm xả", "water\n",
		"Đây là mô phỏng, không đo gì thật? (c/K): ", "c\n",
		"(nơi lưu mọi số liệu) [/var/lib/quantrac/journal]: ", "nhat-ky\n",
		"Vẫn ghi vào cấu hình?", "c\n", "Ghi vào", "\n", NULL };
	pid_t line = adding_begin(*state);
	assert_int_equal(unlink(in_folder(*state, "station.yaml")), 0);
	char *shown = answered_in(*state, "vi", dialogue, 0), whole[4096], want[8300];
	assert_non_null(realpath(in_folder(*state, "new.yaml"), whole));
	snprintf(want, sizeof want,
	        "%s: đã thêm thiết bị 'flow-out' trên cổng bus. Để dùng: "
	        "quantrac-sensord --config %s",
	        whole, whole);
	assert_contains(shown, want);
	char *text = adding_file(*state, "new.yaml");
	assert_contains(text, "  simulation: yes ");
	assert_contains(text, "journal: {folder: \"nhat-ky\",");
	assert_contains(text, "zone: {id: kcn-dinh-tram, name: \"KCN Đình Trám\"}\n");
	assert_contains(text, "facility: {id: a, name: \"Cơ sở A\"}\n");
	assert_contains(text, "  id: nt-01\n  name: \"Trạm nước thải số 1\"\n");
	assert_contains(text, "{id: cua-xa, name: \"cua-xa\", kind: water}\n");
	free(text);
	line_says(*state, "config check new.yaml", 0, "no errors");
	line_end(line);
}

#define WITH(test) cmocka_unit_test_setup_teardown(test, scratch_make, scratch_remove)

int main(void)
{
	const struct CMUnitTest tests[] = {
		WITH(a_person_is_asked_and_may_take_what_is_proposed),
		WITH(a_person_may_say_no),
		WITH(who_goes_away_is_told_that_nothing_was_written),
		WITH(an_answer_that_will_not_do_is_asked_for_again),
		WITH(what_config_check_would_refuse_is_asked_for_again_at_once),
		cmocka_unit_test(modbus_with_seven_bits_is_ascii),
		WITH(a_new_file_is_filled_in_by_names),
	};
	unsetenv("LANG");
	unsetenv("LC_ALL");
	setenv("QUANTRAC_PROFILES", project_file("sensors/profiles"), 1);
	return cmocka_run_group_tests_name("station_asks", tests, NULL, NULL);
}
