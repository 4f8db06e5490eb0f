/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tests/kits/config_sample.h"

/* clang-format off */
#define AT(member) .at = offsetof(struct sample_instrument, member)
static const char *const framings[] = { "rtu", "tcp", "rtu-over-tcp", NULL };
static const struct field instrument_fields[] = {
	{ "id", FIELD_ID, AT(id), .required = true, .help = "name of the instrument in files" },
	{ "model", FIELD_TEXT, AT(model), .required = true, .high = 20, .help = "profile it is read by" },
	{ "line", FIELD_TEXT, AT(line), .fallback = "9600 8N1", .help = "baud and framing",
	  .help_vi = "tốc độ và khung đường truyền" },
	{ "slave", FIELD_INTEGER, AT(slave), .low = 1, .high = 247, .fallback = "1",
	  .set_at = offsetof(struct sample_instrument, slave_set), .help = "Modbus address",
	  .help_vi = "địa chỉ Modbus" },
	{ "framing", FIELD_CHOICE, AT(framing), .choices = framings, .fallback = "rtu", .help = "Modbus framing" },
	{ "poll", FIELD_DURATION, AT(poll_s), .low = 0.1, .high = 3600, .fallback = "5s", .help = "how often it is asked" },
	{ "limit", FIELD_QUANTITY, AT(limit_mg_L), .unit = "mg/L", .low = 0, .high = 1000, .help = "value from the permit" },
	{ "temperature", FIELD_QUANTITY, AT(temperature_C), .unit = "Cel", .help = "reference temperature" },
	{ "share", FIELD_PERCENT, AT(share_percent), .low = 0, .high = 100, .fallback = "75%", .help = "least share" },
	{ "gain", FIELD_NUMBER, AT(gain), .help = "factor" },
	{ "enabled", FIELD_BOOLEAN, AT(enabled), .fallback = "yes", .help = "is it read at all" },
	{ 0 },
};
static const struct section instrument_section = {
	"instrument", sizeof(struct sample_instrument), instrument_fields, NULL,
};
#undef AT

#define AT(member) .at = offsetof(struct sample_place, member)
static const struct field place_fields[] = {
	{ "latitude", FIELD_NUMBER, AT(latitude), .low = -90, .high = 90, .required = true, .help = "degrees north" },
	{ "longitude", FIELD_NUMBER, AT(longitude), .low = -180, .high = 180, .required = true, .help = "degrees east" },
	{ "datum", FIELD_TEXT, AT(datum), .fallback = "WGS84", .help = "geodetic datum" },
	{ 0 },
};
static const struct section place_section = { "place", sizeof(struct sample_place), place_fields, NULL };
#undef AT

#define AT(member) .at = offsetof(struct sample, member)
static const struct field sample_fields[] = {
	{ "id", FIELD_ID, AT(id), .required = true, .high = 16, .help = "name of the station in files",
	  .help_vi = "mã trạm trong tên tệp" },
	{ "name", FIELD_TEXT, AT(name), .help = "name people read" },
	{ "since", FIELD_TIME, AT(since_us), .help = "first day of service" },
	{ "offset", FIELD_OFFSET, AT(offset_min), .fallback = "+07:00", .help = "legal time" },
	{ "place", FIELD_SECTION, AT(place), .section = &place_section, .help = "where it stands" },
	{ "instruments", FIELD_SECTIONS, AT(instrument), .count_at = offsetof(struct sample, n_instruments),
	  .section = &instrument_section, .required = true, .help = "what is read" },
	{ "tags", FIELD_TEXTS, AT(tag), .count_at = offsetof(struct sample, n_tags), .fallback = "a, b",
	  .help = "words to find it by" },
	{ "levels", FIELD_NUMBERS, AT(level), .count_at = offsetof(struct sample, n_levels), .low = 0, .high = 10,
	  .help = "steps" },
	{ "labels", FIELD_MAP, AT(labels), .help = "free pairs" },
	{ "settings", FIELD_ANY, AT(settings), .help = "anything" },
	{ "notes", FIELD_TEXT, AT(notes), .help = "remarks" },
	{ 0 },
};
/* clang-format on */
const struct section sample_section = { "station", sizeof(struct sample), sample_fields,
	NULL };

const char sample_yaml[] =
        "# a station\n"
        "id: nuo-01\n"
        "name: Trạm nước thải \"số 1\"\n"
        "since: 2026-11-15T08:48\n"
        "offset: +07:00\n"
        "place: {latitude: 10.25, longitude: 106.375, datum: VN-2000}\n"
        "instruments:\n"
        "  - id: cod\n"
        "    model: uv-vis\n"
        "    line: 19200 8E1\n"
        "    slave: 0x10\n"
        "    framing: rtu-over-tcp\n"
        "    poll: 1min\n"
        "    limit: 75 mg/L\n"
        "    temperature: 25 oC\n"
        "    share: 80%\n"
        "    gain: -1.5e-3\n"
        "    enabled: No\n"
        "  - {id: ph, model: generic, limit: 90000 ug/L}\n"
        "tags: [nước, 'thải', \"số \\u0031\"]\n"
        "levels:\n"
        "- 0\n"
        "- 2.5\n"
        "labels: {zone: kcn-mau, z 2: '7'}\n"
        "settings: {a: 1, b: [true, null, 'x', 0x1F, 007, -2.5e3], c: {d: "
        "\"q\\\"\\n\"}, e: {}}\n"
        "notes: |\n"
        "  first line\n"
        "  second: line\n";

const char sample_json[] =
        "{\"id\":\"nuo-01\",\"name\":\"Trạm nước thải \\\"số "
        "1\\\"\",\"since\":\"2026-11-15T01:48Z\","
        "\"offset\":\"+07:00\",\"place\":{\"latitude\":10.25,\"longitude\":106.375,"
        "\"datum\":\"VN-2000\"},"
        "\"instruments\":[{\"id\":\"cod\",\"model\":\"uv-vis\",\"line\":\"19200 "
        "8E1\",\"slave\":16,"
        "\"framing\":\"rtu-over-tcp\",\"poll\":\"60s\",\"limit\":\"75000 \\u00b5g/L\","
        "\"temperature\":\"298.15 K\",\"share\":\"80 "
        "%\",\"gain\":-0.0015,\"enabled\":false},"
        "{\"id\":\"ph\",\"model\":\"generic\",\"limit\":\"90 mg/l\",\"gain\":null}],"
        "\"tags\":[\"nước\",\"thải\",\"số 1\"],\"levels\":[0,2.5],"
        "\"labels\":{\"zone\":\"kcn-mau\",\"z 2\":\"7\"},"
        "\"settings\":{\"a\":1,\"b\":[true,null,\"x\",\"0x1F\",\"007\",-2.5e3],"
        "\"c\":{\"d\":\"q\\\"\\n\"},\"e\":{}},"
        "\"notes\":\"first line\\nsecond: line\\n\"}";
