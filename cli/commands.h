/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The subcommands, one small file each; argv[0] is the name, the result is the exit
 * code. */
#ifndef CLI_COMMANDS_H
#define CLI_COMMANDS_H

/* the cabinet's (quantrac: base and sensors only) */
int command_config(int argc, char **argv);
int command_instrument(int argc, char **argv);
int command_serial(int argc, char **argv);
int command_simulate(int argc, char **argv);
int command_station(int argc, char **argv);
int command_status(int argc, char **argv);
int command_get(int argc, char **argv);
int command_station(int argc, char **argv);
int command_watch(int argc, char **argv);

/* the office's (quantrac-office) */
int command_calibrate(int argc, char **argv);
int command_config_office(int argc, char **argv);
int command_demo(int argc, char **argv);
int command_exceedances(int argc, char **argv);
int command_explain(int argc, char **argv);
int command_export(int argc, char **argv);
int command_import(int argc, char **argv);
int command_judge(int argc, char **argv);
int command_keys(int argc, char **argv);
int command_means(int argc, char **argv);
int command_permit(int argc, char **argv);
int command_recover(int argc, char **argv);
int command_prune(int argc, char **argv);
int command_receipt(int argc, char **argv);
int command_report(int argc, char **argv);
int command_status_office(int argc, char **argv);
int command_verify(int argc, char **argv);

#endif
