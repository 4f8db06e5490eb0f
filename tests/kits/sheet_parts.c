/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tests/kits/sheet_parts.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "base/legal_time.h"

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

static struct permit_coefficient water_coefficients[] = {
	{ "kq", 1.0, "QĐ 12/QĐ-MẪU, Điều 2" }, { "kf", 1.0, "lưu lượng 900 m³/ngày" }
};

struct sheet_parts made = {
	.permit = {
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
},
	.station = {
	.station = "bt-outlet",
	.zone = "kcn-mau",
	.zone_name = "KCN Mẫu",
	.station_name = "Trạm quan trắc nước thải Mẫu 1",
	.outlet_kind = "water",
	.role = "B",
	.coordinates = "10,15° B; 106,40° Đ",
},
};

static struct span spans[8];
static double values[SHEET_BASES];
static uint8_t what[SHEET_BASES];

double sheet_high(int parameter)
{
	return parameters[parameter].high;
}

/* Midnight of a day of November 2026, legal time. */
static int64_t november(int day, double hour)
{
	struct civil midnight = { .year = 2026, .month = 11, .day = day };
	return civil_to_us(&midnight, OFFSET_VIETNAM) +
	       (int64_t)(hour * (double)US_PER_HOUR);
}

void sheet_curve(double mean, double swing)
{
	for (int i = 0; i < SHEET_BASES; i++) {
		values[i] = mean + swing * sin(i / 288.0 * 6.2832 - 1.2) +
		            0.25 * swing * sin(i * 1.7) + 0.15 * swing * sin(i * 5.3);
		what[i] = COUNTS_VALID;
		made.running[i] = 1;
	}
}

struct assessment *sheet_add(int parameter, double value)
{
	struct assessment *a = &made.assessment[made.sheet.n++];
	const struct rule_limit *limit = &parameters[parameter].limit;
	double high = parameters[parameter].high;
	*a = (struct assessment){
		.rule = made.sheet.ambient ? &air_rule
		        : limit->channel[0] == 'd' || limit->channel[0] == 's'
		                ? &stack_rule
		                : &water_rule,
		.parameter = limit,
		.stage = &day_stage,
		.permit = made.sheet.permit,
		.simulated = made.sheet.simulated,
		.start_us = made.sheet.start_us,
		.end_us = made.sheet.end_us,
		.utc_offset_min = OFFSET_VIETNAM,
		.value = value,
		.ratio = isfinite(parameters[parameter].low) ? NAN : value / high,
		.result = RESULT_WITHIN,
		.strength = STRENGTH_BEYOND,
		.expected = SHEET_BASES,
		.received = SHEET_BASES,
		.valid = SHEET_BASES,
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
	snprintf(a->id, sizeof a->id, "%s/%s/day", made.sheet.station, limit->channel);
	snprintf(a->station, sizeof a->station, "%s", made.sheet.station);
	snprintf(a->channel, sizeof a->channel, "%s", limit->channel);
	a->about.method = parameter == COD ? "UV-Vis" : "";
	a->of[COUNTS_VALID] = SHEET_BASES;
	return a;
}

void sheet_lost(struct assessment *a, double from, double to, uint8_t as)
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
	*span = (struct span){ made.sheet.start_us +
		                       (int64_t)(from * (double)US_PER_HOUR),
		made.sheet.start_us + (int64_t)(to * (double)US_PER_HOUR), as };
	a->span = spans;
}

void sheet_start(int day, const char *name)
{
	memset(&made.sheet, 0, sizeof made.sheet);
	memset(spans, 0, sizeof spans);
	water_rule.operating = (struct rule_operating *)&flow_above;
	water_rule.from_us = november(1, 0) - 15LL * 365 * US_PER_DAY;
	made.permit.issued_us = november(1, 0) - 400 * US_PER_DAY;
	made.permit.facility_name = "Cơ sở Mẫu A – Nhà máy xử lý nước thải tập trung";
	made.station.outlet_kind = "water";
	made.station.station_name = "Trạm quan trắc nước thải Mẫu 1";
	made.sheet.simulated = true;
	made.sheet.utc_offset_min = OFFSET_VIETNAM;
	made.sheet.start_us = november(day, 0);
	made.sheet.end_us = made.sheet.start_us + US_PER_DAY;
	made.sheet.describe = &made.station;
	made.sheet.permit = &made.permit;
	made.sheet.version = 1;
	made.sheet.made_us = made.sheet.end_us + 15 * US_PER_MIN;
	snprintf(made.sheet.station, sizeof made.sheet.station, "%s", name);
	snprintf(made.sheet.id, sizeof made.sheet.id, "%s-202611%02d", name, day);
	snprintf(made.sheet.archive_state, sizeof made.sheet.archive_state,
	        "31 seals; %s 5f0e8a1c33d94b7e/88123 journal", name);
	made.sheet.curve = (struct day_curve){ .n = SHEET_BASES,
		.start_us = made.sheet.start_us,
		.period_us = 5 * US_PER_MIN,
		.value = values,
		.what = what,
		.running = made.running };
}
