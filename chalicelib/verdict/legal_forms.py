"""The legal forms of companies, by their spellings: data, read by `chalicelib.verdict.names` alone.

Each line is one form: its short name, then other spellings, separated by semicolons. Case, accents, punctuation and spacing
do not matter: "sro" stands for "s.r.o.", "spzoo" for "Sp. z o.o.", "gmbhcokg" for "GmbH & Co. KG". Words that are no legal
form ("Group", "Holding", "International", "Partners") tell companies apart and are not here. Forms and their abbreviations:
https://www.gleif.org/en/about-lei/code-lists/iso-20275-entity-legal-forms-code-list
"""

from __future__ import annotations

FORMS = """
ltd; limited; лтд; лимитед
inc; incorporated; incorporation
corp; corporation
co; company; cie; compagnie; cia; compañía; companhia; compagnia
-; 公司; شركة; شركه; บริษัท
llc; limited liability company; limited liability co
llp; limited liability partnership
lllp; limited liability limited partnership
lp; limited partnership
plc; public limited company; public ltd co
pllc; professional limited liability company
pvt; private; pte; pty; proprietary
unlimited; ulc; unlimited company; unlimited liability company
dac; designated activity company
clg; company limited by guarantee
cic; community interest company
cio; charitable incorporated organisation
opc; one person company; opc pvt; opc private
jsc; joint stock company; joint stock co
pjsc; public joint stock company
ojsc; open joint stock company
cjsc; closed joint stock company
psc; private shareholding company
qsc; qpsc
bsc; bahrain shareholding company
ksc; kscc; kscp
wll; with limited liability
fzc; fzco; free zone company; free zone co
fze; free zone establishment
fzllc; llcfz; free zone llc
dmcc
saog
saoc
société anonyme libanaise
sae; société anonyme égyptienne; egyptian joint stock company
gmbh; mbh; gesmbh; gesellschaft mbh; gesellschaft mit beschränkter haftung; ges mit beschr haftung; gesellschaft mit beschr haftung
ggmbh; gemeinnützige gmbh; gemeinnützige gesellschaft mit beschränkter haftung
ug; ug haftungsbeschränkt; unternehmergesellschaft; unternehmergesellschaft haftungsbeschränkt
ag; aktiengesellschaft; aktienges
kg; kommanditgesellschaft
kgaa; kommanditgesellschaft auf aktien
ohg; offene handelsgesellschaft
og; offene gesellschaft
gbr; egbr; gesellschaft bürgerlichen rechts; gesbr
ek; eingetragener kaufmann; eingetragene kauffrau; ekfm; ekfr
ev; eingetragener verein
eg; eingetragene genossenschaft; egen
partg; partnerschaftsgesellschaft
partgmbb; partnerschaftsgesellschaft mbb; partnerschaft mbb; partnerschaftsgesellschaft mit beschränkter berufshaftung; mbb
vvag; versicherungsverein auf gegenseitigkeit
aör; anstalt des öffentlichen rechts
kdör; körperschaft des öffentlichen rechts
gmbhcokg; gmbhucokg; mbhcokg; gmbhco; gesellschaft mit beschränkter haftung co kg
gmbhcokgaa; gmbhcoohg
ugcokg; ug haftungsbeschränkt co kg; ugucokg
agcokg; agucokg
agcokgaa
secokg; seucokg
secokgaa
ltdcokg; limitedcokg
se; societas europaea; europäische gesellschaft
sce; societas cooperativa europaea
sa; société anonyme; sociedad anónima; sociedade anônima; sociedade anónima; società anonima; spółka akcyjna; soc anonyme
sas; société par actions simplifiée; sociedad por acciones simplificada; società in accomandita semplice
sasu; société par actions simplifiée unipersonnelle
sarl; société à responsabilité limitée; sociedade de responsabilidade limitada; sàrl; sarlu
eurl; entreprise unipersonnelle à responsabilité limitée
snc; société en nom collectif; società in nome collettivo
scs; société en commandite simple
sca; société en commandite par actions
scop; société coopérative de production
selarl
gie; groupement d'intérêt économique
asbl; aisbl; association sans but lucratif
sprl; société privée à responsabilité limitée; sprlu
scrl; société coopérative à responsabilité limitée
srl; società a responsabilità limitata; sociedad de responsabilidad limitada; société à responsabilité limitée de droit belge; societate cu răspundere limitată; soc a resp limitata
srls; società a responsabilità limitata semplificata
spa; società per azioni; sociedad por acciones
sapa; società in accomandita per azioni
scarl; società consortile a responsabilità limitata; scrl consortile
soccoop; scoop; società cooperativa; sociedad cooperativa; soc cooperativa
sl; sociedad limitada
slu; sociedad limitada unipersonal
sll; sociedad limitada laboral; slne
sau; sociedad anónima unipersonal
sadecv; sociedad anónima de capital variable
sapidecv; sociedad anónima promotora de inversión de capital variable
sderldecv; sociedad de responsabilidad limitada de capital variable; srldecv
sderl
sac; sociedad anónima cerrada
saa; sociedad anónima abierta
eirl; empresa individual de responsabilidad limitada
lda; ltda; limitada; cia ltda; unipessoal lda; unipessoal limitada; sociedade unipessoal lda; sociedade limitada
eireli; empresa individual de responsabilidade limitada
epp; empresa de pequeno porte
sgps
bv; besloten vennootschap; besloten vennootschap met beperkte aansprakelijkheid
bvba; besloten vennootschap met beperkte aansprakelijkheid bvba; ebvba
nv; naamloze vennootschap
vof; vennootschap onder firma
cv; commanditaire vennootschap; comm v; commv
cva; commva; commanditaire vennootschap op aandelen
cvba; coöperatieve vennootschap met beperkte aansprakelijkheid
vzw; ivzw; vereniging zonder winstoogmerk
ab; aktiebolag; aktiebolaget; abpubl; aktiebolag publ; publikt aktiebolag
hb; handelsbolag; handelsbolaget
kb; kommanditbolag; kommanditbolaget
ekför; ekonomisk förening
as; aktieselskab; aktieselskabet; aksjeselskap; aktsiaselts; akciju sabiedrība; akciová společnost; akciová spoločnosť; akc spol; anonim şirketi; anonim şirket; anonim ortaklığı; tic aş; san ve tic aş; sanayi ve ticaret aş; sanayi ve ticaret anonim şirketi
asa; allmennaksjeselskap
ans; ansvarlig selskap
enk; enkeltpersonforetak
aps; anpartsselskab; anpartsselskabet
ivs; iværksætterselskab
amba; andelsselskab med begrænset ansvar; andelsselskabet
ks; kommanditselskab; kommandittselskap; komanditní společnost
oy; osakeyhtiö; oyab; aboy; osakeyhtiö aktiebolag
oyj; julkinen osakeyhtiö; oyjabp; abp
ky; kommandiittiyhtiö
tmi; toiminimi
osk; osuuskunta
ry; rekisteröity yhdistys
ehf; einkahlutafélag
hf; hlutafélag
slf; samlagsfélag
oü; osaühing
mtü; mittetulundusühing
sia; sabiedrība ar ierobežotu atbildību
uab; uždaroji akcinė bendrovė
akcinė bendrovė
mažoji bendrija
vši; viešoji įstaiga; vsi
spzoo; spółka z ograniczoną odpowiedzialnością; spółka z oo; sp z ograniczoną odpowiedzialnością
spzoospk; spółka z ograniczoną odpowiedzialnością spółka komandytowa; spzoo sp komandytowa; spółka z oo spółka komandytowa; spzoo spółka komandytowa; spółka z oo spk
spzoospj
spk; spółka komandytowa
spj; spółka jawna
spp; spółka partnerska
psa; prosta spółka akcyjna
sro; spol sro; společnost s ručením omezeným; spoločnosť s ručením obmedzeným
vos; veřejná obchodní společnost; verejná obchodná spoločnosť
kft; korlátolt felelősségű társaság
zrt; zártkörűen működő részvénytársaság; zártkörű részvénytársaság
nyrt; nyilvánosan működő részvénytársaság
részvénytársaság
bt; betéti társaság
kkt; közkereseti társaság
pfa; persoană fizică autorizată
doo; društvo s ograničenom odgovornošću; družba z omejeno odgovornostjo; društvo sa ograničenom odgovornošću; доо; друштво са ограниченом одговорношћу
jdoo; jednostavno društvo s ograničenom odgovornošću
dooel; дооел
ood; оод; дружество с ограничена отговорност
eood; еоод; еднолично дружество с ограничена отговорност
ead; еад; еднолично акционерно дружество
shpk; shoqëri me përgjegjësi të kufizuar
ae; αε; ανώνυμη εταιρεία; anonimi etairia
epe; επε; εταιρεία περιορισμένης ευθύνης
ike; ικε; ιδιωτική κεφαλαιουχική εταιρεία
ομόρρυθμη εταιρεία; οε
ετερόρρυθμη εταιρεία; εε
ltdsti; limited şirketi; limited şirket; ltd şirketi; tic ltd şti; san tic ltd şti; san ve tic ltd şti; ticaret limited şirketi; sanayi ve ticaret limited şirketi
kollşti; kollektif şirket; kolektif şirketi
ооо; ooo; общество с ограниченной ответственностью; obshchestvo s ogranichennoy otvetstvennostyu
оао; oao; открытое акционерное общество
зао; zao; закрытое акционерное общество
пао; pao; публичное акционерное общество
нао; непубличное акционерное общество
ао; акционерное общество
ип; индивидуальный предприниматель
одо; общество с дополнительной ответственностью
тов; tov; тзов; товариство з обмеженою відповідальністю
прат; prat; приватне акціонерне товариство
пат; публічне акціонерне товариство
ат; акціонерне товариство
пп; приватне підприємство
фоп; fop; фізична особа підприємець
тоо; товарищество с ограниченной ответственностью; жшс; жауапкершілігі шектеулі серіктестігі
осоо; osoo; жчк
мчж; mchj; mas'uliyati cheklangan jamiyat; масъулияти чекланган жамият
таа; таварыства з абмежаванай адказнасцю
чуп; частное унитарное предприятие; унитарное предприятие
mmc; məhdud məsuliyyətli cəmiyyəti; məhdud məsuliyyətli cəmiyyət
შპს; შეზღუდული პასუხისმგებლობის საზოგადოება
სს; სააქციო საზოგადოება
սպը; սահմանափակ պատասխանատվությամբ ընկերություն
փբը
ххк; хязгаарлагдмал хариуцлагатай компани; xxk
хк; хувьцаат компани
בעמ; בע"מ
ذ م م; ش ذ م م; شركة ذات مسؤولية محدودة; ذات مسؤولية محدودة; ش م م
ش م ع; شركة مساهمة عامة; مساهمة عامة
ش م; شركة مساهمة
प्राइवेट लिमिटेड; प्रा लि; प्रा लिमिटेड
लिमिटेड
sdn bhd; sendirian berhad; sdn berhad
bhd; berhad
tbk; terbuka
จำกัด
จำกัด มหาชน
ห้างหุ้นส่วนจำกัด
công ty tnhh; cty tnhh; tnhh; công ty trách nhiệm hữu hạn; trách nhiệm hữu hạn
công ty tnhh mtv; cty tnhh mtv; tnhh mtv; công ty tnhh một thành viên; công ty trách nhiệm hữu hạn một thành viên; tnhh một thành viên
công ty cổ phần; cty cp; công ty cp; ctcp; cty cổ phần
dntn; doanh nghiệp tư nhân
株式会社; kk; kabushiki kaisha; kabushikikaisha; kabushiki gaisha; 株
有限会社; yk; yugen kaisha; yugen gaisha; 有
合同会社; gk; godo kaisha; goudou kaisha; godo gaisha; 合
合資会社; goshi kaisha
合名会社; gomei kaisha
有限公司
有限责任公司; 有限責任公司
股份有限公司; 股份公司
주식회사; jusikhoesa; 주
유한회사; yuhanhoesa; 유
유한책임회사
"""
"""Forms at the end of a name. "-" says company and nothing about the form."""

DOTTED = """
ca; compañía anónima
na; national association
pc; professional corporation
pa; professional association
sc; societate comercială; sociedad civil; spółka cywilna
ad; ад; акционерно дружество; akcionarsko društvo; акционарско друштво
ops; obecně prospěšná společnost
ska; spółka komandytowo-akcyjna
sal
dd; dioničko društvo; delniška družba
kd; komanditna družba
lc
ei; entreprise individuelle
cb; comunidad de bienes
is; interessentskab
ps; partnerselskab
zs; zapsaný spolek
sp; samostojni podjetnik
oe; omorrythmi etaireia
ee; eterorrythmi etaireia
da; delt ansvar
ay; avoin yhtiö
"""
"""Forms whose letters also make a word or a place ("Zylker CA"): only with dots or spaces between the letters, or in full."""

AT_THE_FRONT = """
pt; perseroan terbatas
cv
ооо; ooo; общество с ограниченной ответственностью
оао; oao; открытое акционерное общество
зао; zao; закрытое акционерное общество
пао; pao; публичное акционерное общество
нао; непубличное акционерное общество
ао; акционерное общество
ип; индивидуальный предприниматель
одо; общество с дополнительной ответственностью
чуп; частное унитарное предприятие; унитарное предприятие
тов; tov; тзов; товариство з обмеженою відповідальністю
прат; prat; приватне акціонерне товариство
пат; публічне акціонерне товариство
ат; акціонерне товариство
пп; приватне підприємство
фоп; fop; фізична особа підприємець
pjsc; public joint stock company
ojsc; open joint stock company
cjsc; closed joint stock company
jsc; joint stock company
llc; limited liability company
тоо; too; товарищество с ограниченной ответственностью; жшс
осоо; osoo
таа; таварыства з абмежаванай адказнасцю
мчж; mchj
uab; uždaroji akcinė bendrovė
akcinė bendrovė
ab; aktiebolaget
vši; vsi; viešoji įstaiga
sia; sabiedrība ar ierobežotu atbildību
as; akciju sabiedrība; aktsiaselts; aktieselskabet
oü; osaühing
mtü; mittetulundusühing
oy; oyab; aboy
hb; handelsbolaget
sarl; société à responsabilité limitée
sas
sasu
eurl
selarl
sprl
bvba
asbl
vzw
ххк
შპს
სს
-; شركة; شركه; บริษัท
ห้างหุ้นส่วนจำกัด
công ty tnhh; cty tnhh; tnhh; công ty trách nhiệm hữu hạn
công ty tnhh mtv; cty tnhh mtv; tnhh mtv; công ty tnhh một thành viên; công ty trách nhiệm hữu hạn một thành viên
công ty cổ phần; cty cp; công ty cp; ctcp; cty cổ phần
dntn; doanh nghiệp tư nhân
株式会社; 株; kabushiki kaisha
有限会社; 有
合同会社; 合
合資会社
合名会社
주식회사; 주
유한회사; 유
유한책임회사
"""
"""Forms before a name, where their country puts them."""

WITHOUT_SPACES = """
株式会社; 有限会社; 合同会社; 合資会社; 合名会社; 有限公司; 有限责任公司; 有限責任公司; 股份有限公司; 股份公司; 公司; 주식회사; 유한회사;
유한책임회사; บริษัท; จำกัด; ห้างหุ้นส่วนจำกัด
"""
"""Spellings of scripts that put no space between a name and its form."""
