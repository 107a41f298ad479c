#!/bin/sh
# A sound card without hardware: a private PulseAudio with a microphone to speak into
# (play to virtual_mic_sink) and a speaker to listen to (record virtual_speaker.monitor). Both are
# channels of one sink, so that virtual_card.monitor records the caller on the left and the speaker
# on the right of one timeline.
#
#   scripts/virtual_card.sh start DIR   start it and print the environment as NAME=value lines
#   scripts/virtual_card.sh stop DIR    stop it
#
# Nothing outside DIR is touched and no sound server of the user's is disturbed.
set -eu

usage() {
    echo "usage: $0 start|stop DIR" >&2
    exit 2
}

[ $# -eq 2 ] || usage
mkdir -p "$2"
dir=$(cd "$2" && pwd)
runtime=$dir/runtime
pid_file=$dir/pulseaudio.pid

# norewinds keeps a null sink's latency at 50 ms; without it the first sound comes 2 s late.
write_configuration() {
    mkdir -p "$runtime" "$dir/home"
    chmod 700 "$dir" "$runtime" "$dir/home"
    cat >"$dir/pulse.pa" <<END
load-module module-native-protocol-unix socket=$runtime/native auth-anonymous=1
load-module module-null-sink sink_name=virtual_card rate=48000 channels=2 channel_map=front-left,front-right norewinds=1 sink_properties=device.description=virtual_card
load-module module-remap-sink sink_name=virtual_mic_sink master=virtual_card channels=1 channel_map=front-left master_channel_map=front-left remix=no sink_properties=device.description=virtual_mic_sink
load-module module-remap-sink sink_name=virtual_speaker master=virtual_card channels=1 channel_map=front-right master_channel_map=front-right remix=no sink_properties=device.description=virtual_speaker
load-module module-remap-source source_name=virtual_mic master=virtual_card.monitor channels=1 channel_map=front-left master_channel_map=front-left remix=no source_properties=device.description=virtual_mic
set-default-sink virtual_speaker
set-default-source virtual_mic
END
    # PortAudio reaches PulseAudio through ALSA's pulse plugin. ALSA's own configuration is left
    # out: it would list the machine's real cards too.
    cat >"$dir/asound.conf" <<END
pcm.pulse { type pulse }
ctl.pulse { type pulse }
pcm.default { type pulse }
ctl.default { type pulse }
END
}

environment() {
    echo "ALSA_CONFIG_PATH=$dir/asound.conf"
    echo "PULSE_SERVER=unix:$runtime/native"
    echo "PULSE_RUNTIME_PATH=$runtime"
}

start() {
    write_configuration
    env -u DBUS_SESSION_BUS_ADDRESS -u PULSE_SERVER -u DISPLAY HOME="$dir/home" \
        XDG_CONFIG_HOME="$dir/home" PULSE_RUNTIME_PATH="$runtime" \
        DBUS_SYSTEM_BUS_ADDRESS=unix:path=/nonexistent \
        pulseaudio --daemonize=no -n --file="$dir/pulse.pa" --exit-idle-time=-1 \
        --use-pid-file=no --disable-shm=yes --log-target=file:"$dir/pulseaudio.log" \
        >/dev/null 2>&1 </dev/null &
    echo $! >"$pid_file"
    tries=0
    until PULSE_SERVER=unix:$runtime/native pactl list short sources 2>/dev/null |
        grep -q virtual_mic; do
        tries=$((tries + 1))
        if [ $tries -gt 100 ] || ! kill -0 "$(cat "$pid_file")" 2>/dev/null; then
            echo "virtual_card: PulseAudio did not start; see $dir/pulseaudio.log" >&2
            exit 1
        fi
        sleep 0.1
    done
    environment
}

stop() {
    [ -f "$pid_file" ] || exit 0
    kill "$(cat "$pid_file")" 2>/dev/null || true
    rm -f "$pid_file" "$runtime/native"
}

case $1 in
start) start ;;
stop) stop ;;
*) usage ;;
esac
