/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tests/kits/sheet_fixture.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "base/legal_time.h"

#define BASES 288
#define MOST  8

#define LONG_NAME                                                                      \
	"Công ty TNHH Một thành viên Chế biến dừa và thủy sản Mẫu Đông" /* 60 letters */

static const struct stage day_stage = { .name = "day",
	.period_s = 86400,
	.min_valid_percent = 75,
	.min_operating_s = 6 * 3600,
	.below = BELOW_BOUNDS };

static const struct rule_operating flow_above = { .channel = "flow_out",
	.above = 0.5,
	.below = NAN,
	.unit = "m3/h",
	.dwell_s = 600 };

static struct rule water_rule = {
	.id = "vn-40-2011",
	.hash = "5f0e8a1c33d94b7e2a6610f7c8d9e0415f0e8a1c33d94b7e2a6610f7c8d9e041",
	.regulation = "QCVN 40:2011/BTNMT",
	.title_vi = "Quy chuẩn kỹ thuật quốc gia về nước thải công nghiệp",
	.title_en = "National technical regulation on industrial wastewater",
	.limit_term_vi = "giá trị tối đa cho phép",
	.limit_term_en = "limit value",
	.status = RULE_SOURCED,
	.n_operating = 1,
};

static struct rule stack_rule = {
	.id = "vn-19-2009",
	.hash = "77ab8a1c33d94b7e2a6610f7c8d9e0415f0e8a1c33d94b7e2a6610f7c8d9e041",
	.regulation = "QCVN 19:2009/BTNMT",
	.title_vi = "Quy chuẩn kỹ thuật quốc gia về khí thải công nghiệp đối với bụi "
	            "và các chất "
	            "vô cơ",
	.title_en = "National technical regulation on industrial emission of inorganic "
	            "substances "
	            "and dusts",
	.status = RULE_COUNTERSIGNED,
};

static struct rule air_rule = {
	.id = "vn-05-2023",
	.hash = "90cd8a1c33d94b7e2a6610f7c8d9e0415f0e8a1c33d94b7e2a6610f7c8d9e041",
	.regulation = "QCVN 05:2023/BTNMT",
	.title_vi = "Quy chuẩn kỹ thuật quốc gia về chất lượng không khí",
	.title_en = "National technical regulation on ambient air quality",
	.limit_term_vi = "giá trị giới hạn",
	.limit_term_en = "limit value",
	.status = RULE_SOURCED,
};

static const struct {
	struct rule_limit limit;
	double low, high, top;
} parameters[] = {
	{ { .channel = "cod",
	          .name_vi = "COD",
	          .name_en = "COD",
	          .unit = "mg/L",
	          .scaled = true,
	          .source = "table 1, row 5",
	          .status = RULE_SOURCED },
	        NAN, 75, 225 },
	{ { .channel = "ph",
	          .name_vi = "pH",
	          .name_en = "pH",
	          .unit = "pH",
	          .decimals = 1 },
	        5.5, 9, 14 },
	{ { .channel = "tss",
	          .name_vi = "Tổng chất rắn lơ lửng (TSS)",
	          .name_en = "Total suspended solids (TSS)",
	          .unit = "mg/L",
	          .scaled = true },
	        NAN, 50, 500 },
	{ { .channel = "nh4",
	          .name_vi = "Amoni",
	          .name_en = "Ammonium",
	          .unit = "mg/L",
	          .expressed_as = "N",
	          .scaled = true },
	        NAN, 5, 50 },
	{ { .channel = "dust",
	          .name_vi = "Bụi (PM)",
	          .name_en = "Dust (PM)",
	          .unit = "mg/Nm3",
	          .scaled = true,
	          .status = RULE_COUNTERSIGNED },
	        NAN, 180, 1000 },
	{ { .channel = "so2",
	          .name_vi = "SO₂",
	          .name_en = "SO₂",
	          .unit = "mg/Nm3",
	          .scaled = true,
	          .status = RULE_COUNTERSIGNED },
	        NAN, 450, 2000 },
	{ { .channel = "pm2_5",
	          .name_vi = "PM₂,₅",
	          .name_en = "PM2.5",
	          .unit = "ug/m3" },
	        NAN, 45, 1000 },
	{ { .channel = "pm10", .name_vi = "PM₁₀", .name_en = "PM10", .unit = "ug/m3" },
	        NAN, 100, 1000 },
};

enum { COD, PH, TSS, NH4, DUST, SO2, PM2_5, PM10 };

static struct permit_coefficient water_coefficients[] = {
	{ "kq", 1.0, "QĐ 12/QĐ-MẪU, Điều 2" }, { "kf", 1.0, "lưu lượng 900 m³/ngày" }
};

static struct permit water_permit = {
	.id = "gp-a",
	.number = "00/GPMT-MẪU",
	.issuer = "Cơ quan cấp phép Mẫu",
	.facility = "co-so-mau-a",
	.facility_name = "Cơ sở Mẫu A – Nhà máy xử lý nước thải tập trung",
	.facility_address = "Lô A1, KCN Mẫu, xã Mẫu, tỉnh Mẫu",
	.facility_owner = "Chủ đầu tư hạ tầng KCN Mẫu",
	.outlet_name = "Cửa xả số 1",
	.coordinates = "X = 1 130 200; Y = 560 100 (VN-2000, 105°45′, múi 3°)",
	.receiving_water = "Kênh Mẫu",
	.rule = "vn-40-2011",
	.column = "A",
	.n_coefficients = 2,
	.coefficient = water_coefficients,
};

static struct describe station = {
	.station = "bt-outlet",
	.zone = "kcn-mau",
	.zone_name = "KCN Mẫu",
	.station_name = "Trạm quan trắc nước thải Mẫu 1",
	.outlet_kind = "water",
	.role = "B",
	.coordinates = "10,15° B; 106,40° Đ",
};

static struct assessment assessments[MOST];
static struct span spans[8];
static struct excursion excursions[2];
static double values[BASES];
static uint8_t what[BASES], running[BASES];
static struct sheet_before before[MOST];
static struct sheet sheet;

/* Midnight of a day of November 2026, legal time. */
static int64_t november(int day, double hour)
{
	struct civil midnight = { .year = 2026, .month = 11, .day = day };
	return civil_to_us(&midnight, OFFSET_VIETNAM) +
	       (int64_t)(hour * (double)US_PER_HOUR);
}

static void curve(double mean, double swing)
{
	for (int i = 0; i < BASES; i++) {
		values[i] = mean + swing * sin(i / 288.0 * 6.2832 - 1.2) +
		            0.25 * swing * sin(i * 1.7) + 0.15 * swing * sin(i * 5.3);
		what[i] = COUNTS_VALID;
		running[i] = 1;
	}
}

static struct assessment *add(int parameter, double value)
{
	struct assessment *a = &assessments[sheet.n++];
	const struct rule_limit *limit = &parameters[parameter].limit;
	double high = parameters[parameter].high;
	*a = (struct assessment){
		.rule = sheet.ambient ? &air_rule
		        : limit->channel[0] == 'd' || limit->channel[0] == 's'
		                ? &stack_rule
		                : &water_rule,
		.parameter = limit,
		.stage = &day_stage,
		.permit = sheet.permit,
		.simulated = sheet.simulated,
		.start_us = sheet.start_us,
		.end_us = sheet.end_us,
		.utc_offset_min = OFFSET_VIETNAM,
		.value = value,
		.ratio = isfinite(parameters[parameter].low) ? NAN : value / high,
		.result = RESULT_WITHIN,
		.strength = STRENGTH_BEYOND,
		.expected = BASES,
		.received = BASES,
		.valid = BASES,
		.lower_bound = NAN,
		.upper_bound = NAN,
		.low = value * 0.7,
		.high = value * 1.3,
		.guard = 3.8,
		.difference = value - high,
		.range_top = parameters[parameter].top,
		.operating_s = 86400,
	};
	a->limit = (struct limit_applied){ .low = parameters[parameter].low,
		.high = high,
		.table_value = high,
		.factor = 1,
		.decimals = limit->decimals,
		.basis = "QCVN 40:2011/BTNMT, column A, Kq = 1.0, Kf = 1.0",
		.basis_vi = "QCVN 40:2011/BTNMT, cột A, Kq = 1,0, Kf = 1,0" };
	snprintf(a->id, sizeof a->id, "%s/%s/day", sheet.station, limit->channel);
	snprintf(a->station, sizeof a->station, "%s", sheet.station);
	snprintf(a->channel, sizeof a->channel, "%s", limit->channel);
	a->about.method = parameter == COD ? "UV-Vis" : "";
	a->of[COUNTS_VALID] = BASES;
	return a;
}

/* Intervals from..to (hours of the day) count as something else. */
static void lost(struct assessment *a, double from, double to, uint8_t as)
{
	uint32_t n = (uint32_t)round((to - from) * 12);
	for (uint32_t i = 0; i < n; i++)
		what[(uint32_t)(from * 12) + i] = as;
	a->of[as] += n;
	a->of[COUNTS_VALID] -= n;
	a->valid -= n;
	if (as == COUNTS_MISSING)
		a->received -= n;
	if (as == COUNTS_STOPPED)
		a->expected -= n;
	struct span *span = &spans[a->n_spans++];
	*span = (struct span){ sheet.start_us + (int64_t)(from * (double)US_PER_HOUR),
		sheet.start_us + (int64_t)(to * (double)US_PER_HOUR), as };
	a->span = spans;
}

static void rest_of_water(void)
{
	add(TSS, 31.4);
	add(NH4, 2.13);
	struct assessment *ph = add(PH, 7.12);
	ph->low = 6.4;
	ph->high = 7.9;
}

static void start(int day, const char *name)
{
	memset(&sheet, 0, sizeof sheet);
	memset(spans, 0, sizeof spans);
	water_rule.operating = (struct rule_operating *)&flow_above;
	water_rule.from_us = november(1, 0) - 15LL * 365 * US_PER_DAY;
	water_permit.issued_us = november(1, 0) - 400 * US_PER_DAY;
	water_permit.facility_name = "Cơ sở Mẫu A – Nhà máy xử lý nước thải tập trung";
	station.outlet_kind = "water";
	station.station_name = "Trạm quan trắc nước thải Mẫu 1";
	sheet.simulated = true;
	sheet.utc_offset_min = OFFSET_VIETNAM;
	sheet.start_us = november(day, 0);
	sheet.end_us = sheet.start_us + US_PER_DAY;
	sheet.describe = &station;
	sheet.permit = &water_permit;
	sheet.version = 1;
	sheet.made_us = sheet.end_us + 15 * US_PER_MIN;
	snprintf(sheet.station, sizeof sheet.station, "%s", name);
	snprintf(sheet.id, sizeof sheet.id, "%s-202611%02d", name, day);
	snprintf(sheet.archive_state, sizeof sheet.archive_state,
	        "31 seals; %s 5f0e8a1c33d94b7e/88123 journal", name);
	sheet.curve = (struct day_curve){ .n = BASES,
		.start_us = sheet.start_us,
		.period_us = 5 * US_PER_MIN,
		.value = values,
		.what = what,
		.running = running };
}

static void over(void)
{
	start(9, "bt-outlet");
	curve(80, 22);
	struct assessment *cod = add(COD, 80.0);
	cod->result = RESULT_OVER;
	cod->lower_bound = 66.7;
	cod->upper_bound = 104.2;
	lost(cod, 10, 14, COUNTS_FAULT);
	rest_of_water();
}

static void within(void)
{
	start(4, "bt-outlet");
	curve(74.2, 9);
	struct assessment *cod = add(COD, 74.2);
	cod->strength = STRENGTH_WITHIN;
	cod->guard = 3.52;
	rest_of_water();
}

static void lower(void)
{
	start(11, "bt-outlet");
	curve(160, 18);
	struct assessment *cod = add(COD, 160);
	cod->result = RESULT_OVER;
	cod->by = BY_LOWER_BOUND;
	cod->lower_bound = 83.333333;
	lost(cod, 12.5, 24, COUNTS_MISSING);
	rest_of_water();
}

static void undecided(void)
{
	start(13, "bt-outlet");
	curve(20, 4);
	struct assessment *cod = add(COD, 20);
	cod->result = RESULT_NOT_DECIDABLE;
	cod->strength = STRENGTH_NONE;
	cod->by = BY_NOTHING;
	lost(cod, 8, 10, COUNTS_CALIBRATING);
	lost(cod, 16, 16.25, COUNTS_INVALID);
	lost(cod, 18.9167, 24, COUNTS_MISSING);
	rest_of_water();
}

static struct assessment *acid(double mean)
{
	start(14, "bt-outlet");
	curve(mean, 1.1);
	struct assessment *ph = add(PH, mean);
	ph->low = 4.1;
	ph->high = 8.0;
	ph->guard = 0.1;
	ph->n_excursions = 2;
	ph->excursion = excursions;
	add(COD, 41.3);
	add(TSS, 31.4);
	add(NH4, 2.13);
	return ph;
}

static void acid_over(void)
{
	struct assessment *ph = acid(5.2);
	ph->result = RESULT_OVER;
	ph->difference = -0.3;
	ph->outside_s = 7 * 3600 + 25 * 60;
}

static void acid_within(void)
{
	struct assessment *ph = acid(7.1);
	ph->outside_s = 100 * 60;
}

static void stopped(void)
{
	start(18, "bt-outlet");
	curve(0, 0);
	static const int all[] = { COD, TSS, NH4, PH };
	for (int i = 0; i < 4; i++) {
		struct assessment *a = add(all[i], NAN);
		a->result = RESULT_NOT_APPLICABLE;
		a->strength = STRENGTH_NONE;
		a->by = BY_NO_OPERATION;
		a->operating_s = 0;
		a->stopped_s = 86400;
		a->n_spans = 0;
		lost(a, 0, 24, COUNTS_STOPPED);
	}
	memset(running, 0, sizeof running);
}

static void stack(void)
{
	start(22, "bt-stack");
	curve(234, 40);
	station.outlet_kind = "stack";
	station.station_name = "Trạm quan trắc khí thải lò hơi Mẫu";
	struct assessment *dust = add(DUST, 234.0);
	dust->result = RESULT_OVER;
	dust->guard = 21;
	lost(dust, 0, 5, COUNTS_STOPPED);
	for (int i = 0; i < 60; i++)
		running[i] = 0;
	struct assessment *so2 = add(SO2, 121.7);
	so2->expected = so2->received = so2->valid = 228;
}

static void ambient(void)
{
	start(23, "bt-fence");
	curve(61, 18);
	sheet.ambient = true;
	sheet.permit = NULL;
	station.outlet_kind = "ambient";
	station.station_name = "Trạm quan trắc không khí xung quanh Mẫu";
	struct assessment *fine = add(PM2_5, 61.0);
	fine->result = RESULT_OVER;
	fine->guard = 5;
	add(PM10, 88.2);
}

static void upper(void)
{
	start(15, "bt-outlet");
	curve(12, 3);
	struct assessment *cod = add(COD, 12);
	cod->by = BY_UPPER_BOUND;
	cod->upper_bound = 71.4;
	lost(cod, 15, 24, COUNTS_MISSING);
	rest_of_water();
}

static void range_top(void)
{
	over();
	assessments[0].censored = 2;
	assessments[0].suspect = 3;
}

static void second(void)
{
	start(27, "bt-outlet");
	curve(42, 8);
	add(COD, 42.4);
	rest_of_water();
	sheet.version = 2;
	sheet.before_made_us = sheet.made_us;
	sheet.late_us = sheet.end_us + 7 * US_PER_HOUR;
	sheet.made_us = sheet.late_us + 10 * US_PER_MIN;
	sheet.before = before;
	for (size_t i = 0; i < sheet.n; i++)
		before[i] = (struct sheet_before){ true, assessments[i].result,
			assessments[i].value, BASES, BASES };
	before[0] = (struct sheet_before){ true, RESULT_NOT_DECIDABLE, 41, 180, BASES };
}

static void many(void)
{
	start(9, "bt-outlet");
	curve(80, 22);
	water_permit.facility_name = LONG_NAME;
	station.station_name = LONG_NAME;
	static const int all[] = { COD, TSS, NH4, DUST, SO2, PM10 };
	for (int i = 0; i < 6; i++) {
		struct assessment *a =
		        add(all[i], parameters[all[i]].high * (1.9 - 0.1 * i));
		a->result = RESULT_OVER;
		a->censored = 4;
		a->suspect = 5;
		if (i == 0) {
			lost(a, 2, 3, COUNTS_CALIBRATING);
			lost(a, 5, 5.5, COUNTS_INVALID);
			lost(a, 7, 9, COUNTS_FAULT);
			lost(a, 13, 14, COUNTS_FAULT);
			lost(a, 20, 21, COUNTS_MISSING);
		}
	}
	add(PH, 7.0);
}

struct sheet *sheet_scene(enum scene scene)
{
	static void (*const scenes[SCENES])(void) = { over, within, lower, undecided,
		acid_over, acid_within, stopped, stack, ambient, upper, range_top,
		second, many };
	scenes[scene]();
	sheet.assessment = assessments;
	sheet_digest(&sheet);
	return &sheet;
}
