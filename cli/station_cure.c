/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What to do about the verdict of a trial: by how the instrument is reached, and what it speaks. */
#include "cli/station.h"

// clang-format off
static const char *const cures[][2] = {
	[TRIAL_GOOD] = { "", "" },
	[TRIAL_ABSURD] = {
		"mostly a wrong word order: quantrac serial probe shows the same registers in all of them; compare with the display.",
		"thường do sai thứ tự byte: quantrac serial probe in các thanh ghi theo mọi thứ tự; so với màn hình thiết bị.",
	},
	[TRIAL_NO_VALUE] = {
		"look at the instrument's display: is it measuring, calibrating, faulty? Do its numbers make sense here? If not, the profile is of another model or word order.",
		"xem màn hình thiết bị: đang đo, hiệu chuẩn hay báo lỗi? Nếu màn hình vẫn đo bình thường thì hồ sơ là của kiểu máy khác hoặc sai thứ tự byte.",
	},
	[TRIAL_SOMETIMES] = {
		"a loose wire, no termination, noise, a line that is too long or shared with another master; or the timeout is too short for a slow analyser.",
		"lỏng dây, thiếu điện trở đầu cuối, nhiễu, đường dây quá dài hoặc còn máy chủ khác trên đường; hoặc timeout quá ngắn với thiết bị chậm.",
	},
	[TRIAL_REFUSED] = {
		"somebody answers at this address, but not this model: compare its register map with the profile (quantrac instrument show).",
		"địa chỉ này có thiết bị nhưng không đúng kiểu: so bảng thanh ghi với hồ sơ (quantrac instrument show).",
	},
	[TRIAL_FOREIGN] = {
		"the line is right: compare address, model and profile with the instrument; nobody else may ask on this line.",
		"đường truyền đúng: so địa chỉ, kiểu máy và hồ sơ với thiết bị; không được có máy chủ khác hỏi trên đường dây này.",
	},
	[TRIAL_GARBLED] = {
		"a wrong speed or parity, wires A and B exchanged, two devices of one address, noise; quantrac serial probe finds the setting.",
		"sai tốc độ hoặc chẵn lẻ, đảo dây A/B, hai thiết bị trùng địa chỉ, nhiễu; quantrac serial probe dò thông số.",
	},
	[TRIAL_SILENT] = {
		"check power, wires A and B (try them exchanged), the address and the speed set on the instrument; quantrac serial probe finds who is there.",
		"kiểm tra nguồn, dây A/B (thử đổi), địa chỉ và tốc độ đặt trên thiết bị; quantrac serial probe tìm xem có ai trên đường.",
	},
	[TRIAL_NO_PORT] = {
		"quantrac serial list says which ports there are and why one cannot be opened.",
		"quantrac serial list cho biết có cổng nào và vì sao không mở được.",
	},
};
/* Where the line is not Modbus, which is all that serial probe speaks. */
static const char *const cures_other[TRIAL_NO_PORT + 1][2] = {
	[TRIAL_ABSURD] = {
		"mostly the profile of another model, or another format set on the instrument; compare with the display.",
		"thường do hồ sơ của kiểu máy khác, hoặc thiết bị đặt định dạng khác; so với màn hình thiết bị.",
	},
	[TRIAL_NO_VALUE] = {
		"look at the instrument's display: is it measuring, calibrating, faulty? Do its numbers make sense here? If not, the profile is of another model.",
		"xem màn hình thiết bị: đang đo, hiệu chuẩn hay báo lỗi? Nếu màn hình vẫn đo bình thường thì hồ sơ là của kiểu máy khác.",
	},
	[TRIAL_REFUSED] = {
		"somebody answers here, but not this model, or not in this mode: compare its commands with the profile (quantrac instrument show).",
		"có thiết bị trả lời nhưng không đúng kiểu hoặc không đúng chế độ: so các lệnh của nó với hồ sơ (quantrac instrument show).",
	},
	[TRIAL_GARBLED] = {
		"a wrong speed or parity, wires exchanged, two devices of one address, noise, another protocol set on the instrument; quantrac serial monitor shows what comes.",
		"sai tốc độ hoặc chẵn lẻ, đảo dây, hai thiết bị trùng địa chỉ, nhiễu, thiết bị đặt giao thức khác; quantrac serial monitor cho xem tín hiệu đến.",
	},
	[TRIAL_SILENT] = {
		"check power, the wires (try them exchanged), the address, speed and protocol set on the instrument; quantrac serial monitor shows whether anything comes.",
		"kiểm tra nguồn, dây (thử đổi), địa chỉ, tốc độ và giao thức đặt trên thiết bị; quantrac serial monitor cho biết có tín hiệu nào đến không.",
	},
};

/* Of an instrument at a network address, where these are others. */
static const char *const cures_tcp[TRIAL_NO_PORT + 1][2] = {
	[TRIAL_SOMETIMES] = {
		"another master on the device's single connection or on the line behind the gateway, a weak network; or the timeout is too short for gateway and line.",
		"máy chủ khác chiếm kết nối duy nhất của thiết bị hoặc đường dây sau gateway, mạng kém; hoặc timeout quá ngắn so với gateway và đường dây.",
	},
	[TRIAL_FOREIGN] = {
		"the connection is right: compare slave (unit id), model and profile with the instrument; a gateway has to give each answer the number of its request (mode tcp).",
		"kết nối đúng: so slave (unit id), kiểu máy và hồ sơ với thiết bị; gateway phải ghi vào trả lời đúng số của yêu cầu (mode tcp).",
	},
	[TRIAL_GARBLED] = {
		"mode is wrong for what listens there (tcp, rtu-over-tcp or ascii), or the port number is of another service.",
		"sai mode so với thiết bị (tcp, rtu-over-tcp hay ascii), hoặc số cổng là của dịch vụ khác.",
	},
	[TRIAL_SILENT] = {
		"the connection stands and nobody answers: a wrong slave (unit id) behind a gateway, the instrument behind it without power, mode tcp instead of rtu-over-tcp, or another master holds the single connection.",
		"kết nối được nhưng không ai trả lời: sai slave (unit id) sau gateway, thiết bị sau gateway mất điện, mode tcp thay vì rtu-over-tcp, hoặc máy chủ khác giữ kết nối duy nhất.",
	},
	[TRIAL_NO_PORT] = {
		"refused: a wrong port number, or another master holds the single connection; no answer or no route: power, cable, address, firewall (try ping from here).",
		"bị từ chối: sai số cổng, hoặc máy chủ khác giữ kết nối duy nhất; không phản hồi hay không có đường đi: nguồn, cáp mạng, địa chỉ, tường lửa (thử ping từ đây).",
	},
};
/* And of one that is not Modbus: a converter stands before it. */
static const char *const cures_tcp_other[TRIAL_NO_PORT + 1][2] = {
	[TRIAL_SOMETIMES] = {
		"another master on the single connection or on the line behind the converter, a weak network; or the timeout is too short for converter and line.",
		"máy chủ khác chiếm kết nối duy nhất hoặc đường dây sau bộ chuyển đổi, mạng kém; hoặc timeout quá ngắn so với bộ chuyển đổi và đường dây.",
	},
	[TRIAL_FOREIGN] = {
		"the connection is right: compare address, model and profile with the instrument.",
		"kết nối đúng: so địa chỉ, kiểu máy và hồ sơ với thiết bị.",
	},
	[TRIAL_GARBLED] = {
		"a wrong speed or parity set on the converter, another protocol set on the instrument, or the port number is of another service.",
		"bộ chuyển đổi đặt sai tốc độ hoặc chẵn lẻ, thiết bị đặt giao thức khác, hoặc số cổng là của dịch vụ khác.",
	},
	[TRIAL_SILENT] = {
		"the connection stands and nobody answers: a wrong address, the instrument behind the converter without power, a wrong speed set on the converter, or another master holds the single connection.",
		"kết nối được nhưng không ai trả lời: sai địa chỉ, thiết bị sau bộ chuyển đổi mất điện, bộ chuyển đổi đặt sai tốc độ, hoặc máy chủ khác giữ kết nối duy nhất.",
	},
};
// clang-format on

const char *station_cure(
        enum trial_verdict verdict, bool tcp, bool modbus, bool vietnamese)
{
	const char *special =
	        tcp && !modbus ? cures_tcp_other[verdict][vietnamese] : NULL;
	if (special == NULL && tcp)
		special = cures_tcp[verdict][vietnamese];
	if (special == NULL && !modbus)
		special = cures_other[verdict][vietnamese];
	return special != NULL ? special : cures[verdict][vietnamese];
}
