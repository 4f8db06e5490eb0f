/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "collector/collectd_config.h"

#include <argp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/legal_time.h"
#include "base/log.h"
#include "base/socket.h"
#include "base/whose.h"
#include "collector/keys.h"

#define CONFIG(member) offsetof(struct collectd_config, member)
#define DAY_S          86400.0

// clang-format off
static const struct field zone_fields[] = {
	{ .key = "id", .type = FIELD_ID, .at = 0, .required = true,
	  .help = "Id of the industrial zone, as in paths and files.",
	  .help_vi = "Mã khu công nghiệp, dùng trong đường dẫn và tệp." },
	{ .key = "name", .type = FIELD_TEXT, .at = sizeof(const char *),
	  .help = "Name of the zone as people read it.",
	  .help_vi = "Tên khu công nghiệp." },
	{ 0 },
};

static const struct section zone_section = {
	.name = "zone", .size = 2 * sizeof(const char *), .field = zone_fields,
};

static const struct field collectd_fields[] = {
	{ .key = "archive", .type = FIELD_TEXT, .at = CONFIG(archive),
	  .fallback = "/var/lib/quantrac/archive",
	  .help = "Folder of the archive; made at the first start.",
	  .help_vi = "Thư mục kho lưu trữ; được tạo khi chạy lần đầu." },
	{ .key = "zone", .type = FIELD_SECTION, .at = CONFIG(zone), .section = &zone_section,
	  .help = "The zone a new archive belongs to; an archive that is there knows its own.",
	  .help_vi = "Khu công nghiệp của kho lưu trữ mới." },
	{ .key = "utc_offset", .type = FIELD_OFFSET, .at = CONFIG(utc_offset_min), .fallback = "+07:00",
	  .help = "Legal time; days are sealed by it.",
	  .help_vi = "Giờ chính thức; số liệu ngày được chốt theo giờ này." },
	{ .key = "listen", .type = FIELD_TEXT, .at = CONFIG(listen), .fallback = "tcp://0.0.0.0:5710",
	  .help = "Address and port the cabinets connect to.",
	  .help_vi = "Địa chỉ và cổng để các tủ kết nối tới." },
	{ .key = "key", .type = FIELD_TEXT, .at = CONFIG(key), .fallback = KEYS_OWN "/collector.secret",
	  .help = "The collector's secret key; made at the first start, with its .pub beside it.",
	  .help_vi = "Khóa bí mật của máy chủ nhận; được tạo khi chạy lần đầu." },
	{ .key = "sign_key", .type = FIELD_TEXT, .at = CONFIG(sign_key),
	  .help = "Secret key that signs the list of seals once a day (quantrac keys new archive --sign); "
	          "if it is not there, nothing is signed.",
	  .help_vi = "Khóa bí mật ký danh sách các ngày đã chốt, mỗi ngày một lần; không có khóa thì không ký." },
	{ .key = "agents", .type = FIELD_TEXT, .at = CONFIG(agents), .fallback = KEYS_AGENTS,
	  .help = "Folder of admitted keys, one <station>.pub for each cabinet.",
	  .help_vi = "Thư mục khóa được chấp nhận, mỗi tủ một tệp <station>.pub." },
	{ .key = "most_agents", .type = FIELD_INTEGER, .at = CONFIG(most_agents), .fallback = "200",
	  .low = 1, .high = 10000,
	  .help = "Most cabinets on the list; memory is set aside for them.",
	  .help_vi = "Số tủ tối đa trong danh sách." },
	{ .key = "allow_simulated", .type = FIELD_BOOLEAN, .at = CONFIG(allow_simulated), .fallback = "no",
	  .help = "Take in simulated data: only in an archive made for that.",
	  .help_vi = "Nhận dữ liệu mô phỏng: chỉ cho kho lưu trữ dùng để thử." },
	{ .key = "seal_every", .type = FIELD_DURATION, .at = CONFIG(seal_every_s), .fallback = "60s",
	  .low = 1, .high = 3600,
	  .help = "How often to look for days that are due to be sealed.",
	  .help_vi = "Bao lâu kiểm tra một lần các ngày cần chốt số liệu." },
	{ .key = "hold", .type = FIELD_DURATION, .at = CONFIG(hold_s), .fallback = "7d",
	  .low = 0, .high = 3650 * DAY_S,
	  .help = "How long a journal is kept after its days are sealed.",
	  .help_vi = "Giữ nhật ký bao lâu sau khi chốt số liệu ngày." },
	{ .key = "scrub_every", .type = FIELD_DURATION, .at = CONFIG(scrub_every_s), .fallback = "7d",
	  .low = 0, .high = 3650 * DAY_S,
	  .help = "How often every sealed file and journal is read again and compared with its check sum; 0s: never.",
	  .help_vi = "Bao lâu đọc lại và đối chiếu một lần mọi tệp đã chốt và nhật ký; 0s: không bao giờ." },
	{ .key = "scrub_rate", .type = FIELD_NUMBER, .at = CONFIG(scrub_mib_s), .fallback = "4", .unit = "MiB/s",
	  .low = 0.01, .high = 1000,
	  .help = "Most that is read for it.",
	  .help_vi = "Tốc độ đọc tối đa khi đối chiếu." },
	{ .key = "commit_every", .type = FIELD_DURATION, .at = CONFIG(commit_every_s), .fallback = "100ms",
	  .low = 0, .high = 10,
	  .help = "Longest a batch waits for others before it is made durable and acknowledged.",
	  .help_vi = "Thời gian chờ tối đa trước khi ghi bền và xác nhận." },
	{ 0 },
};

const struct section collectd_section = {
	.name = "collectd", .size = sizeof(struct collectd_config), .field = collectd_fields,
};

enum { OPTION_ARCHIVE = 0x100, OPTION_LISTEN, OPTION_KEYS, OPTION_AGENTS, OPTION_SIMULATED, OPTION_FOR, OPTION_CHECK };

static const struct argp_option options[] = {
	{ "config", 'c', "FILE", 0, "configuration (" COLLECTD_CONFIG ")", 0 },
	{ "archive", OPTION_ARCHIVE, "DIR", 0, "archive folder", 0 },
	{ "listen", OPTION_LISTEN, "tcp://ADDRESS:PORT", 0, "where cabinets connect; port * takes a free one", 0 },
	{ "keys", OPTION_KEYS, "FILE", 0, "the collector's secret key; made if it is not there", 0 },
	{ "agents", OPTION_AGENTS, "DIR", 0, "folder of admitted keys", 0 },
	{ "allow-simulated", OPTION_SIMULATED, NULL, 0, "take in simulated data", 0 },
	{ "check", OPTION_CHECK, NULL, 0, "read the configuration, say what is wrong, end", 0 },
	{ "for", OPTION_FOR, "60s", 0, "end after this time", 0 },
	{ "verbose", 'v', NULL, 0, "say more", 0 },
	{ 0 },
};
// clang-format on

static error_t parse(int key, char *word, struct argp_state *state)
{
	struct collectd_arguments *arguments = state->input;
	switch (key) {
	case 'c':
		arguments->config = word;
		return 0;
	case OPTION_ARCHIVE:
		arguments->archive = word;
		return 0;
	case OPTION_LISTEN:
		arguments->listen = word;
		return 0;
	case OPTION_KEYS:
		arguments->keys = word;
		return 0;
	case OPTION_AGENTS:
		arguments->agents = word;
		return 0;
	case OPTION_SIMULATED:
		arguments->allow_simulated = true;
		return 0;
	case OPTION_FOR:
		if (duration_parse(word, &arguments->for_s) != OK ||
		        arguments->for_s <= 0)
			argp_error(state, "--for: '%s' is no time; write 60s or 5min",
			        word);
		return 0;
	case OPTION_CHECK:
		arguments->check = true;
		return 0;
	case 'v':
		arguments->verbose = true;
		return 0;
	case ARGP_KEY_ARG:
		argp_error(state, "'%s' is not understood", word);
		return 0;
	default:
		return ARGP_ERR_UNKNOWN;
	}
}

void collectd_arguments(struct collectd_arguments *arguments, int argc, char **argv)
{
	static const struct argp argp = {
		.options = options,
		.parser = parse,
		.doc = "Take in the records of the cabinets, keep them, seal each "
		       "legal day.",
	};
	argp_program_version = "quantrac " QUANTRAC_VERSION;
	argp_err_exit_status = EXIT_USAGE;
	argp_parse(&argp, argc, argv, 0, NULL, arguments);
}

/* A path of the file is as it is if absolute, else beside the file. */
static const char *path_of(const char *configured, const char *file, char *room)
{
	const char *slash = file != NULL ? strrchr(file, '/') : NULL;
	if (configured[0] == '/' || slash == NULL)
		return configured;
	snprintf(room, COLLECTD_PATH, "%.*s/%s", (int)(slash - file), file, configured);
	return room;
}

static int read_document(
        struct config **document, const char *path, struct collectd_config *config)
{
	struct problem why;
	int status = path != NULL ? config_read(document, path, &collectd_section,
	                                    config, NULL)
	                          : config_read_text(document, "{}", 2, "defaults",
	                                    &collectd_section, config, NULL);
	if (config->listen != NULL && endpoint_check(config->listen, &why) != OK)
		config_error(*document, NULL, "listen", NULL, "%s", why.text);
	return status;
}

void collectd_config_tell(struct config *document, const char *path, FILE *report)
{
	if (config_errors(document) > 0)
		config_tell_whose(document, WHOSE_COLLECTOR,
		        path != NULL ? path : "defaults", report);
	config_tell(document, report);
}

int collectd_config_read(struct config **document, const char *path,
        struct collectd_config *config, struct problem *why)
{
	if (read_document(document, path, config) == NOT_FOUND)
		return problem_set(why, NOT_FOUND, EXIT_NO_FILE,
		        "%s; name a configuration with --config FILE",
		        config_first_error(*document));
	size_t errors = config_errors(*document);
	if (errors > 0)
		return problem_set(why, MALFORMED, EXIT_CONFIG, "%s: %zu error%s",
		        path != NULL ? path : "defaults", errors,
		        errors > 1 ? "s" : "");
	config->archive = path_of(config->archive, path, config->archive_room);
	config->key = path_of(config->key, path, config->key_room);
	config->agents = path_of(config->agents, path, config->agents_room);
	if (config->sign_key != NULL && config->sign_key[0] != '\0')
		config->sign_key = path_of(config->sign_key, path, config->sign_room);
	return OK;
}

struct config *collectd_configure(
        struct collectd_config *config, const struct collectd_arguments *arguments)
{
	struct config *document = NULL;
	struct problem why;
	const char *path = arguments->config;
	if (path == NULL && access(COLLECTD_CONFIG, F_OK) == 0)
		path = COLLECTD_CONFIG;
	if (path == NULL)
		log_line(LOG_INFO, "runs without a file (" COLLECTD_CONFIG
		                   ", or --config): what the command line does not "
		                   "name is as by default");
	int status = collectd_config_read(&document, path, config, &why);
	if (status != NOT_FOUND)
		collectd_config_tell(document, path, stderr);
	if (status != OK)
		fatal(why.exit, "%s; nothing was started", why.text);
	if (arguments->archive != NULL)
		config->archive = arguments->archive;
	if (arguments->keys != NULL)
		config->key = arguments->keys;
	if (arguments->agents != NULL)
		config->agents = arguments->agents;
	if (arguments->listen != NULL)
		config->listen = arguments->listen;
	config->allow_simulated |= arguments->allow_simulated;
	return document;
}
