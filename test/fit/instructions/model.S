.section .rodata
.balign 16
.global model_start
model_start: .incbin MODEL
.global model_end
model_end:
