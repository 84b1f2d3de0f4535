#include "textflag.h"

// Both kernels take four rows at a time, so that a part of the query is loaded once for four rows and their sums are
// folded together, and the rows left over one by one. SI, R9, R10, R11 are the rows, DI is the query, R8 goes
// through out, CX counts rows, DX is the stride, AX the column.

// LANE2 adds to acc the products of 32 codes at row with the 32 values in Y4 and Y5.
#define LANE2(row, acc) \
	VPMOVSXBW (row)(AX*1), Y6   \
	VPMOVSXBW 16(row)(AX*1), Y7 \
	VPMADDWD  Y4, Y6, Y6        \
	VPMADDWD  Y5, Y7, Y7        \
	VPADDD    Y6, acc, acc      \
	VPADDD    Y7, acc, acc

// func dotsAVX2(codes *int8, stride, rows int, query *int16, out *int32)
TEXT ·dotsAVX2(SB), NOSPLIT, $0-40
	MOVQ codes+0(FP), SI
	MOVQ stride+8(FP), DX
	MOVQ rows+16(FP), CX
	MOVQ query+24(FP), DI
	MOVQ out+32(FP), R8

four:
	CMPQ  CX, $4
	JLT   one
	LEAQ  (SI)(DX*1), R9
	LEAQ  (SI)(DX*2), R10
	LEAQ  (R9)(DX*2), R11
	VPXOR Y0, Y0, Y0
	VPXOR Y1, Y1, Y1
	VPXOR Y2, Y2, Y2
	VPXOR Y3, Y3, Y3
	XORQ  AX, AX

fourcolumns:
	VMOVDQU (DI)(AX*2), Y4
	VMOVDQU 32(DI)(AX*2), Y5
	LANE2(SI, Y0)
	LANE2(R9, Y1)
	LANE2(R10, Y2)
	LANE2(R11, Y3)
	ADDQ    $32, AX
	CMPQ    AX, DX
	JLT     fourcolumns

	VPHADDD      Y1, Y0, Y0
	VPHADDD      Y3, Y2, Y2
	VPHADDD      Y2, Y0, Y0
	VEXTRACTI128 $1, Y0, X1
	VPADDD       X1, X0, X0
	VMOVDQU      X0, (R8)
	ADDQ         $16, R8
	LEAQ         (SI)(DX*4), SI
	SUBQ         $4, CX
	JMP          four

one:
	TESTQ CX, CX
	JLE   done
	VPXOR Y0, Y0, Y0
	XORQ  AX, AX

onecolumns:
	VMOVDQU (DI)(AX*2), Y4
	VMOVDQU 32(DI)(AX*2), Y5
	LANE2(SI, Y0)
	ADDQ    $32, AX
	CMPQ    AX, DX
	JLT     onecolumns

	VEXTRACTI128 $1, Y0, X1
	VPADDD       X1, X0, X0
	VPHADDD      X0, X0, X0
	VPHADDD      X0, X0, X0
	VMOVD        X0, (R8)
	ADDQ         $4, R8
	ADDQ         DX, SI
	DECQ         CX
	JMP          one

done:
	VZEROUPPER
	RET

// LANE5 adds to acc the products of 32 codes at row with the 32 values in Z4.
#define LANE5(row, acc) \
	VPMOVSXBW (row)(AX*1), Z6 \
	VPDPWSSD  Z4, Z6, acc

// func dotsAVX512(codes *int8, stride, rows int, query *int16, out *int32)
TEXT ·dotsAVX512(SB), NOSPLIT, $0-40
	MOVQ codes+0(FP), SI
	MOVQ stride+8(FP), DX
	MOVQ rows+16(FP), CX
	MOVQ query+24(FP), DI
	MOVQ out+32(FP), R8

four5:
	CMPQ   CX, $4
	JLT    one5
	LEAQ   (SI)(DX*1), R9
	LEAQ   (SI)(DX*2), R10
	LEAQ   (R9)(DX*2), R11
	VPXORQ Z0, Z0, Z0
	VPXORQ Z1, Z1, Z1
	VPXORQ Z2, Z2, Z2
	VPXORQ Z3, Z3, Z3
	XORQ   AX, AX

fourcolumns5:
	VMOVDQU16 (DI)(AX*2), Z4
	LANE5(SI, Z0)
	LANE5(R9, Z1)
	LANE5(R10, Z2)
	LANE5(R11, Z3)
	ADDQ      $32, AX
	CMPQ      AX, DX
	JLT       fourcolumns5

	VEXTRACTI64X4 $1, Z0, Y4
	VEXTRACTI64X4 $1, Z1, Y5
	VEXTRACTI64X4 $1, Z2, Y6
	VEXTRACTI64X4 $1, Z3, Y7
	VPADDD        Y4, Y0, Y0
	VPADDD        Y5, Y1, Y1
	VPADDD        Y6, Y2, Y2
	VPADDD        Y7, Y3, Y3
	VPHADDD       Y1, Y0, Y0
	VPHADDD       Y3, Y2, Y2
	VPHADDD       Y2, Y0, Y0
	VEXTRACTI128  $1, Y0, X1
	VPADDD        X1, X0, X0
	VMOVDQU       X0, (R8)
	ADDQ          $16, R8
	LEAQ          (SI)(DX*4), SI
	SUBQ          $4, CX
	JMP           four5

one5:
	TESTQ  CX, CX
	JLE    done5
	VPXORQ Z0, Z0, Z0
	XORQ   AX, AX

onecolumns5:
	VMOVDQU16 (DI)(AX*2), Z4
	LANE5(SI, Z0)
	ADDQ      $32, AX
	CMPQ      AX, DX
	JLT       onecolumns5

	VEXTRACTI64X4 $1, Z0, Y1
	VPADDD        Y1, Y0, Y0
	VEXTRACTI128  $1, Y0, X1
	VPADDD        X1, X0, X0
	VPHADDD       X0, X0, X0
	VPHADDD       X0, X0, X0
	VMOVD         X0, (R8)
	ADDQ          $4, R8
	ADDQ          DX, SI
	DECQ          CX
	JMP           one5

done5:
	VZEROUPPER
	RET
